/** What lies below a record: the contacts attached to it, its sublists, and the records that its lookups point at. */
import { may } from '../../../engine/access/grants.ts';
import { isPointer, type LinkView, type RecordPointer, type RecordView } from '../../../model/record.ts';
import { attachmentEnd } from '../attachments/attachments.ts';
import { type Call, recordHref } from '../call.ts';
import { NetSuiteError, nonexistentRecord } from '../errors.ts';
import type { Paging, ReadOptions } from '../lists/query.ts';
import type { NetSuiteType } from '../names.ts';
import { nameOf, type Referenced, renderCollection, renderReference, roleReference, self } from '../render.ts';
import { readReferenced } from './find.ts';
import { readLinks } from './links.ts';
import { otherEnd, type Sublist, sublistsOf } from './sublists.ts';

/** A list of lines, each about the record at the other end of a link. */
type Lines = {
  readonly name: string;
  readonly link: string;
  readonly otherOf: (line: LinkView, record: RecordView) => RecordPointer;
  readonly render: (line: LinkView, pointer: RecordPointer, others: Referenced) => Record<string, unknown>;
};

const contactRolesName = 'contactRoles';

/** What lies below records of a type under a name: lines, or the record that a lookup points at. */
export const hasBelow = (call: Call, type: NetSuiteType, name: string): boolean =>
  linesOf(call, type).has(name.toLowerCase()) || type.fieldsByName.get(name.toLowerCase())?.type === 'lookup';

/** All of a type, by lower-cased name. */
function linesOf(call: Call, type: NetSuiteType): ReadonlyMap<string, Lines> {
  const found = new Map<string, Lines>();
  const contact = call.names.typesByName.get('contact');
  const end = contact && attachmentEnd(type, contact);
  if (end !== undefined) {
    found.set(contactRolesName.toLowerCase(), {
      name: contactRolesName,
      link: end.name,
      otherOf: ({ left, right }, record) => (left.number === record.number ? right : left),
      render: (line, pointer, others) => renderContactRole(call, line, pointer, others),
    });
  }
  for (const [name, sublist] of sublistsOf(call.names, type)) {
    found.set(name, {
      name: sublist.name,
      link: sublist.end.name,
      otherOf: (line) => otherEnd(line, sublist),
      render: (line, pointer, others) => renderLine(call, sublist, line, pointer, others),
    });
  }
  return found;
}

/** As members of the record: links to them, or their lines where the client wants them expanded. */
export async function readSubresources(
  call: Call,
  type: NetSuiteType,
  record: RecordView,
  { expandSubResources, only }: ReadOptions,
): Promise<Record<string, unknown>> {
  const all = [...linesOf(call, type)].filter(([name]) => only?.has(name) ?? true);
  const members = all.map(async ([, lines]): Promise<[string, unknown]> => {
    if (!expandSubResources || !mayRead(call, type, lines))
      return [lines.name, { links: self(linesHref(call, type, record, lines)) }];
    const { links, items, ...counts } = await readLines(call, type, record, lines, { limit: 1000, offset: 0 });
    return [lines.name, { links: self(linesHref(call, type, record, lines)), items, ...counts }];
  });
  return Object.fromEntries(await Promise.all(members));
}

/** Lines tell of the records at the other end. */
const mayRead = (call: Call, { type }: NetSuiteType, { link }: Lines): boolean =>
  may(call.caller.principal, 'read', type.linkEnds.get(link)?.other ?? '');

const linesHref = (call: Call, type: NetSuiteType, record: RecordView, { name }: Lines): string =>
  `${recordHref(call, type.name, record.number)}/${name}`;

/** A sublist of a record as a collection; undefined when the type has none of the name. */
export async function readCollection(
  call: Call,
  type: NetSuiteType,
  record: RecordView,
  name: string,
  paging: Paging,
): Promise<Record<string, unknown> | undefined> {
  const lines = linesOf(call, type).get(name.toLowerCase());
  return lines && readLines(call, type, record, lines, paging);
}

async function readLines(
  call: Call,
  type: NetSuiteType,
  record: RecordView,
  lines: Lines,
  paging: Paging,
): Promise<Record<string, unknown>> {
  const all = await readLinks(call, type, record, lines.link);
  const href = linesHref(call, type, record, lines);
  return renderCollection(call, href, {
    items: await renderLines(call, href, lines, record, all.slice(paging.offset, paging.offset + paging.limit)),
    total: all.length,
    paging,
  });
}

async function renderLines(
  call: Call,
  href: string,
  lines: Lines,
  record: RecordView,
  page: readonly LinkView[],
): Promise<Record<string, unknown>[]> {
  const otherOf = (line: LinkView): RecordPointer => lines.otherOf(line, record);
  const others = await readReferenced(call, page.map(otherOf));
  return page.map((line) => {
    const pointer = otherOf(line);
    return { links: self(`${href}/${pointer.number}`), ...lines.render(line, pointer, others) };
  });
}

/** One line, by the internal id of its record; undefined when the type has no such sublist. @throws NetSuiteError 404 for no such line. */
export async function readLine(
  call: Call,
  type: NetSuiteType,
  record: RecordView,
  path: { readonly name: string; readonly line: string },
): Promise<Record<string, unknown> | undefined> {
  const lines = linesOf(call, type).get(path.name.toLowerCase());
  if (lines === undefined) return undefined;
  const all = await readLinks(call, type, record, lines.link);
  const line = all.find((one) => String(lines.otherOf(one, record).number) === path.line);
  if (line === undefined) throw new NetSuiteError(404, nonexistentRecord(call.url));
  const [rendered] = await renderLines(call, linesHref(call, type, record, lines), lines, record, [line]);
  return rendered;
}

/** The record that a lookup points at; null when it is not set, undefined when the type has no such lookup. */
export function referencedBy(type: NetSuiteType, record: RecordView, name: string): RecordPointer | null | undefined {
  const field = type.fieldsByName.get(name.toLowerCase());
  if (field?.type !== 'lookup') return undefined;
  const value = record.fields[field.key] ?? null;
  return value !== null && isPointer(value) ? value : null;
}

function renderLine(
  call: Call,
  { member }: Sublist,
  line: LinkView,
  pointer: RecordPointer,
  others: Referenced,
): Record<string, unknown> {
  return {
    [member]: renderReference(call, pointer, others.get(pointer.number)),
    ...(line.role === null ? {} : { role: roleReference(call, line.role) }),
  };
}

function renderContactRole(
  call: Call,
  attached: LinkView,
  pointer: RecordPointer,
  contacts: Referenced,
): Record<string, unknown> {
  const contact = contacts.get(pointer.number);
  const name = contact && nameOf(contact);
  const email = contact?.fields.email;
  return {
    contact: renderReference(call, pointer, contact),
    ...(name === undefined ? {} : { contactName: name }),
    ...(typeof email === 'string' ? { email } : {}),
    ...(attached.role === null ? {} : { role: roleReference(call, attached.role) }),
  };
}

/** Reading: single records, pages of lists, and the contacts attached to a record. */
import { isPointer, type LinkView, type RecordPointer, type RecordView } from '../../model/record.ts';
import { byNumber, type Ref } from '../../model/ref.ts';
import { attachmentEnd } from './attachments.ts';
import { type Call, recordHref } from './call.ts';
import { invalidRequest } from './errors.ts';
import { invalidQuery } from './filter.ts';
import type { NetSuiteType } from './names.ts';
import type { ListOptions, Paging, ReadOptions } from './query.ts';
import {
  nameOf,
  type Referenced,
  renderCollection,
  renderRecord,
  renderReference,
  roleReference,
  self,
} from './render.ts';
import { refusal } from './violations.ts';

const largestBatch = 1000;

async function readRecord(call: Call, type: NetSuiteType, ref: Ref): Promise<RecordView> {
  const outcome = await call.hub.find(call.caller, type.type.key, ref);
  if (outcome.kind === 'rejected') throw refusal(call, { type }, outcome);
  return outcome.record;
}

/** A record as `GET /customer/107` answers it, with the names of what its lookups point at. */
export async function readWhole(
  call: Call,
  type: NetSuiteType,
  ref: Ref,
  options: ReadOptions,
): Promise<Record<string, unknown>> {
  const record = await readRecord(call, type, ref);
  const referenced = await readReferenced(call, Object.values(record.fields).filter(isPointer));
  return renderRecord(call, type, record, {
    options,
    referenced,
    contactRoles: await subresource(call, type, record, options),
  });
}

async function subresource(call: Call, type: NetSuiteType, record: RecordView, options: ReadOptions): Promise<unknown> {
  if (contactsEnd(call, type) === undefined) return undefined;
  if (!options.expandSubResources) return { links: self(contactRolesHref(call, type, record.number)) };
  return readContactRoles(call, type, byNumber(record.number), { limit: largestBatch, offset: 0 });
}

/** Those of the records that are there and that the caller may read. */
async function readReferenced(call: Call, pointers: readonly RecordPointer[]): Promise<Referenced> {
  const distinct = new Map(pointers.map((pointer) => [pointer.number, pointer]));
  const outcomes = await Promise.all(
    [...distinct.values()].map(({ type, number }) => call.hub.find(call.caller, type, byNumber(number))),
  );
  return new Map(
    outcomes.flatMap((outcome) => (outcome.kind === 'found' ? [[outcome.record.number, outcome.record]] : [])),
  );
}

type BatchOutcome<Item> = { readonly items: readonly Item[]; readonly next: string | null };

/** One page by offset over a list that is read by cursor; `seen` counts it and what came before it. */
async function pageOf<Item>(
  { limit, offset }: Paging,
  read: (limit: number, cursor: string | undefined) => Promise<BatchOutcome<Item>>,
): Promise<{ items: Item[]; next: string | null; seen: number }> {
  let cursor: string | undefined;
  let seen = 0;
  while (seen < offset) {
    const batch = await read(Math.min(largestBatch, offset - seen), cursor);
    seen += batch.items.length;
    if (batch.next === null) return { items: [], next: null, seen };
    cursor = batch.next;
  }
  const { items, next } = await read(limit, cursor);
  return { items: [...items], next, seen: seen + items.length };
}

export async function listRecords(
  call: Call,
  type: NetSuiteType,
  { paging, filter }: ListOptions,
): Promise<{ items: readonly RecordView[]; total: number }> {
  const query = { type: type.type.key, filters: filter === null ? [] : [filter] };
  const { limit, offset: skip } = paging;
  const [page, counted] = await Promise.all([
    call.hub.list(call.caller, { ...query, sort: [], limit, skip }),
    call.hub.countListed(call.caller, query),
  ]);
  for (const outcome of [page, counted]) {
    if (outcome.kind === 'rejected') throw refusal(call, { type }, outcome);
    if (outcome.kind === 'list_rejected') throw invalidQuery(outcome.message);
  }
  if (page.kind !== 'page' || counted.kind !== 'counted') throw new Error('A list is a page or a refusal.');
  return { items: page.items, total: counted.count };
}

/** Undefined for a type that takes no contacts. */
const contactsEnd = (call: Call, type: NetSuiteType): string | undefined => {
  const contact = call.names.typesByName.get('contact');
  return contact && attachmentEnd(type, contact)?.name;
};

const contactRolesHref = (call: Call, type: NetSuiteType, record: number): string =>
  `${recordHref(call, type.name, record)}/contactRoles`;

/** The attached contacts of a record, with their roles, as a collection. @throws NetSuiteError for a type that takes none. */
export async function readContactRoles(
  call: Call,
  type: NetSuiteType,
  ref: Ref,
  paging: Paging,
): Promise<Record<string, unknown>> {
  const link = contactsEnd(call, type);
  if (link === undefined)
    throw invalidRequest(call.url, `Contacts cannot be attached to records of type ${type.name}.`);
  const record = await readRecord(call, type, ref);
  const read = async (limit: number, cursor: string | undefined): Promise<BatchOutcome<LinkView>> => {
    const query = { type: type.type.key, ref: byNumber(record.number), link, limit };
    const outcome = await call.hub.links(call.caller, cursor === undefined ? query : { ...query, cursor });
    if (outcome.kind === 'rejected') throw refusal(call, { type }, outcome);
    if (outcome.kind === 'list_rejected')
      throw new Error(`The engine refused our own ${outcome.parameter}: ${outcome.message}`);
    return outcome;
  };
  const page = await pageOf(paging, read);
  const total = await countOn(page, read);
  const contactOf = ({ left, right }: LinkView): RecordPointer => (left.number === record.number ? right : left);
  const contacts = await readReferenced(call, page.items.map(contactOf));
  return renderCollection(call, contactRolesHref(call, type, record.number), {
    items: page.items.map((attached) => renderContactRole(call, attached, contactOf(attached), contacts)),
    total,
    paging,
  });
}

/** How many there are in all, reading on from where a page ended. */
async function countOn(
  page: { readonly next: string | null; readonly seen: number },
  read: (limit: number, cursor: string) => Promise<BatchOutcome<unknown>>,
): Promise<number> {
  let { next, seen } = page;
  while (next !== null) {
    const batch = await read(largestBatch, next);
    seen += batch.items.length;
    next = batch.next;
  }
  return seen;
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

/** Records, lists and empty answers as the vendor sends them. */
import type { Field, Role } from '../../model/catalogue.ts';
import { type FieldValue, isPointer, type RecordPointer, type RecordView } from '../../model/record.ts';
import { type Call, recordHref } from './call.ts';
import type { Paging, ReadOptions } from './lists/query.ts';
import type { NetSuiteType } from './names.ts';

export type Link = { readonly rel: string; readonly href: string };
export const self = (href: string): Link[] => [{ rel: 'self', href }];

/** The records that lookups point at, by number: fetched for their names. */
export type Referenced = ReadonlyMap<number, RecordView>;

/** A record's fields; unset ones are left out. `subresources` are these, or the links to them. */
export function renderRecord(
  call: Call,
  type: NetSuiteType,
  record: RecordView,
  parts: {
    readonly options: ReadOptions;
    readonly referenced: Referenced;
    readonly subresources: Readonly<Record<string, unknown>>;
  },
): Record<string, unknown> {
  const { options, referenced, subresources } = parts;
  const members: Record<string, unknown> = {};
  for (const { name, field } of type.fields) {
    const value = record.fields[field.key] ?? null;
    if (value !== null) members[name] = renderValue(call, field, value, options, referenced);
  }
  members.dateCreated ??= stamp(record.createdAt);
  members.lastModifiedDate ??= stamp(record.updatedAt);
  Object.assign(members, subresources);
  const wanted = Object.entries(members).filter(([name]) => options.only?.has(name.toLowerCase()) ?? true);
  const href = `${recordHref(call, type.name, record.number)}${call.queryString}`;
  return { links: self(href), id: String(record.number), ...withoutReserved(wanted) };
}

/** A field that is called `id` or `links` has no place in the vendor's record: `names.netsuite` can give it another name. */
const withoutReserved = (members: [string, unknown][]): Record<string, unknown> =>
  Object.fromEntries(members.filter(([name]) => name !== 'id' && name !== 'links'));

function renderValue(
  call: Call,
  field: Field,
  value: Exclude<FieldValue, null>,
  { simpleEnums }: ReadOptions,
  referenced: Referenced,
): unknown {
  if (isPointer(value)) return renderReference(call, value, referenced.get(value.number));
  const option = (id: string): unknown =>
    simpleEnums ? id : { id, refName: field.options.find((known) => known.value === id)?.label ?? id };
  if (typeof value === 'object') return { items: value.map(option) };
  if (field.type === 'enum') return option(String(value));
  return field.type === 'datetime' ? dateTime(String(value)) : value;
}

/** Whole seconds, which is what the vendor's clients parse. */
const stamp = (date: Date): string => date.toISOString().replace(/\.\d{3}Z$/, 'Z');

/** A stored time keeps its milliseconds if it has any: what is read can be sent back and changes nothing. */
const dateTime = (iso: string): string => iso.replace('.000Z', 'Z');

/** `record` is absent when the caller may not read it: then the reference has no name. */
export function renderReference(
  call: Call,
  pointer: RecordPointer,
  record: RecordView | undefined,
): Record<string, unknown> {
  const type = call.names.typesByKey.get(pointer.type)?.name ?? pointer.type;
  const name = record && nameOf(record);
  return {
    links: self(recordHref(call, type, pointer.number)),
    id: String(pointer.number),
    ...(name === undefined ? {} : { refName: name }),
  };
}

/** What a record is called: its name, or what the vendor's clients send in its stead. */
export function nameOf({ fields }: RecordView): string | undefined {
  return ['name', 'entity_id', 'company_name', 'title']
    .map((key) => fields[key])
    .find((value) => typeof value === 'string');
}

export function renderRole(call: Call, role: Role): Record<string, unknown> {
  return {
    links: self(`${recordHref(call, 'contactRole', role.number)}${call.queryString}`),
    id: String(role.number),
    name: role.name,
    ...(role.externalId === null ? {} : { externalId: role.externalId }),
    isInactive: false,
  };
}

export const roleReference = (call: Call, role: Role): Record<string, unknown> => ({
  links: self(recordHref(call, 'contactRole', role.number)),
  id: String(role.number),
  refName: role.name,
});

export const listItem = (call: Call, type: string, id: number): Record<string, unknown> => ({
  links: self(recordHref(call, type, id)),
  id: String(id),
});

/** `href` is the collection's address without a query. */
export function renderCollection(
  call: Call,
  href: string,
  page: { readonly items: readonly unknown[]; readonly total: number; readonly paging: Paging },
): Record<string, unknown> {
  const { items, total, paging } = page;
  const { limit, offset } = paging;
  const filter = typeof call.query.q === 'string' ? `q=${encodeURIComponent(call.query.q)}&` : '';
  const hasMore = offset + items.length < total && items.length === limit;
  const at = (rel: string, start: number): Link => ({ rel, href: `${href}?${filter}limit=${limit}&offset=${start}` });
  return {
    links: [
      ...(hasMore ? [at('next', offset + limit), at('last', Math.floor((total - 1) / limit) * limit)] : []),
      ...(offset > 0 ? [at('prev', Math.max(0, offset - limit)), at('first', 0)] : []),
      ...self(`${href}${call.queryString}`),
    ],
    count: items.length,
    hasMore,
    items,
    offset,
    totalResults: total,
  };
}

/** The vendor's names for record types (domains) and fields: Pascal case of the key unless the schema says another. Case counts. */
import type { Catalogue, Field, LinkEnd, RecordType } from '../../model/catalogue.ts';
import { pascalCase } from '../../model/names.ts';

export const domainName = (type: RecordType): string => type.names.origami ?? pascalCase(type.key);
const fieldName = (field: Field): string => field.names.origami ?? pascalCase(field.key);
/** `ClaimID` on `Claim`: the record's number. */
export const primaryKeyName = (type: RecordType): string => `${domainName(type)}ID`;
/** What the engine's lists call it: a field of the name comes first there. */
export const primaryKeyColumn = (type: RecordType): string => (type.fieldsByKey.has('number') ? 'id' : 'number');
/** An association is written and read by the number of the other record: `SupplierID`. */
export const memberName = (field: Field): string =>
  field.type === 'lookup' ? `${fieldName(field)}ID` : fieldName(field);

export function findDomain(catalogue: Catalogue, name: unknown): RecordType | undefined {
  for (const type of catalogue.types.values()) if (domainName(type) === name) return type;
  return undefined;
}

export const findField = (type: RecordType, name: string): Field | undefined =>
  type.fields.find((field) => fieldName(field) === name);

/** The domains that can be the child of a link: a fixed set of the vendor's. */
export const childDomains = ['Contact', 'File'] as const;
export type ChildDomain = (typeof childDomains)[number];
export const isChildDomain = (name: unknown): name is ChildDomain => childDomains.some((domain) => domain === name);

/**
 * The link type of a (parent, child) pair, as the parent sees it. An association field is a link to the engine but not to this
 * vendor. Where a schema has several, the one in which the parent is the left-hand type counts, then the one declared first.
 */
export function findLinkEnd(parent: RecordType, child: RecordType): LinkEnd | undefined {
  const ends = [...parent.linkEnds.values()].filter((end) => end.other === child.key && end.link.lookupField === null);
  return ends.find((end) => end.side === 'left') ?? ends[0];
}

/**
 * The schema in the vendor's spelling: record types and fields in camel case, found without regard to case. Custom records and
 * fields are called by their script id, so a key that is one keeps its underscores. `names.netsuite` overrides the rule.
 */
import type { Catalogue, Field, LinkEnd, RecordType } from '../../model/catalogue.ts';
import { pascalCase } from '../../model/names.ts';

export type NetSuiteType = {
  readonly type: RecordType;
  /** `salesOrder`, `customrecord_x`. */
  readonly name: string;
  /** Key of the field that `externalId` and `eid:` stand for. */
  readonly externalKey: string;
  /** In schema order. */
  readonly fields: readonly NamedField[];
  /** By lower-cased name. */
  readonly fieldsByName: ReadonlyMap<string, Field>;
  nameOf(fieldKey: string): string;
};

type NamedField = { readonly name: string; readonly field: Field };

export type Names = {
  readonly catalogue: Catalogue;
  /** By lower-cased name. */
  readonly typesByName: ReadonlyMap<string, NetSuiteType>;
  /** By key. */
  readonly typesByKey: ReadonlyMap<string, NetSuiteType>;
};

const scriptId = /^cust(om(record|transaction|list)|body|col|entity|event|item|record)_/;

/** `sales_order` → `salesOrder`. */
function camelCase(key: string): string {
  const pascal = pascalCase(key);
  return pascal.charAt(0).toLowerCase() + pascal.slice(1);
}

const vendorName = (key: string, names: Readonly<Record<string, string>>): string =>
  names.netsuite ?? (scriptId.test(key) ? key : camelCase(key));

/** A name in the schema's `names` is that of the link seen from its left type. */
export const linkName = ({ side, name, link }: LinkEnd): string => vendorName(name, side === 'left' ? link.names : {});

/** `extra: { netsuite: { external_key: claim_number } }` makes another unique field the external id of a type. */
function externalKeyOf(type: RecordType): string {
  const extra = type.extra.netsuite;
  const key =
    typeof extra === 'object' && extra !== null ? (extra as { external_key?: unknown }).external_key : undefined;
  return typeof key === 'string' && type.fieldsByKey.get(key)?.unique === true ? key : 'external_id';
}

function nameType(type: RecordType): NetSuiteType {
  const externalKey = externalKeyOf(type);
  const fields = type.fields
    .filter((field) => field.key !== 'external_id' || externalKey === 'external_id')
    .map((field) => ({ field, name: field.key === externalKey ? 'externalId' : vendorName(field.key, field.names) }));
  return {
    type,
    name: vendorName(type.key, type.names),
    externalKey,
    fields,
    fieldsByName: new Map(fields.map(({ name, field }) => [name.toLowerCase(), field])),
    nameOf: (key) => fields.find(({ field }) => field.key === key)?.name ?? key,
  };
}

const made = new WeakMap<Catalogue, Names>();

/** Made once per version of the schema. */
export function namesOf(catalogue: Catalogue): Names {
  const known = made.get(catalogue);
  if (known !== undefined) return known;
  const types = [...catalogue.types.values()].map(nameType);
  const names = {
    catalogue,
    typesByName: new Map(types.map((type) => [type.name.toLowerCase(), type])),
    typesByKey: new Map(types.map((type) => [type.type.key, type])),
  };
  made.set(catalogue, names);
  return names;
}

/** The account id of a workspace, which is also the OAuth realm: `Demo` is `KEYWAY_DEMO`. */
export const accountOf = (workspaceName: string): string =>
  `KEYWAY_${workspaceName.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;

const vendorDomain = '.suitetalk.api.netsuite.com';

/** `KEYWAY_DEMO` is `keyway-demo.suitetalk.api.netsuite.com`: the host that clients which are told of the account only compute. */
export const hostOfAccount = (account: string): string =>
  `${account.toLowerCase().replaceAll('_', '-')}${vendorDomain}`;

export const isVendorHost = (host: string): boolean => host.endsWith(vendorDomain);

/** The vendor writes a sandbox account as `1234567_SB1` in credentials and `1234567-sb1` in host names. */
export const sameAccount = (a: string, b: string): boolean =>
  a.toUpperCase().replaceAll('-', '_') === b.toUpperCase().replaceAll('-', '_');

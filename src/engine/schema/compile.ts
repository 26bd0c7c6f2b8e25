/** From the stored document and its ids to a Catalogue: defaults filled in, names resolved. The document was validated before. */
import {
  type Catalogue,
  type Field,
  type LinkEnd,
  type LinkType,
  type LookupField,
  type NumberedField,
  type RecordType,
  systemFieldIds,
} from '../../model/catalogue.ts';
import type { WorkspaceId } from '../../model/ids.ts';
import { labelOf, pluralOf } from '../../model/names.ts';
import { own } from '../../model/own.ts';
import type { FieldDocument, LinkTypeDocument, RecordTypeDocument, RoleDocument } from '../../model/schema.ts';
import type { SchemaRow } from '../../store/schemas.ts';
import { compileInterface, synchronisedBy } from './compile-interface.ts';

export function compileCatalogue(workspace: WorkspaceId, stored: SchemaRow): Catalogue {
  const { document, ids } = stored;
  const roles = new Map(Object.entries(document.role_lists ?? {}).map(([name, list]) => [name, compileRoles(list)]));
  const typeDocuments = Object.entries(document.types ?? {});
  const links = linkDocuments(document).map(([key, link, lookupField]) =>
    compileLink(key, link, lookupField, idOf(ids.links, key), roles),
  );
  const byKey = new Map(links.map((link) => [link.key, link]));
  const types = typeDocuments.map(([key, type]) => compileType(key, type, ids.types, byKey, links));
  const interfaces = Object.entries(document.interfaces ?? {}).map(([endpoint, one]) =>
    compileInterface(idOf(ids.interfaces, endpoint), endpoint, one),
  );
  return {
    workspace,
    workspaceGuid: stored.guid,
    workspaceName: stored.name,
    version: stored.version,
    document,
    types: new Map(types.map((type) => [type.key, type])),
    typesById: new Map(types.map((type) => [type.id, type])),
    hasNumbered: types.some(({ numbered }) => numbered.length > 0),
    links: byKey,
    linksById: new Map(links.map((link) => [link.id, link])),
    interfaces: new Map(interfaces.map((one) => [one.endpoint, one])),
    synchronisedBy: synchronisedBy(interfaces),
  };
}

function idOf(ids: Readonly<Record<string, number>>, key: string): number {
  const id = own(ids, key);
  if (id === undefined) throw new Error(`The stored schema has no id for ${key}`);
  return id;
}

/** Link types of the document, and those that lookup fields make: `building_component.supplier`. */
export function linkDocuments(document: {
  types?: Record<string, RecordTypeDocument>;
  links?: Record<string, LinkTypeDocument>;
}): [key: string, link: LinkTypeDocument, lookupField: string | null][] {
  const own = Object.entries(document.links ?? {}).map(([key, link]): [string, LinkTypeDocument, null] => [
    key,
    link,
    null,
  ]);
  const lookups = Object.entries(document.types ?? {}).flatMap(([type, { fields }]) =>
    Object.entries(fields ?? {}).flatMap(([key, field]): [string, LinkTypeDocument, string][] => {
      if (field.type !== 'lookup' || field.to === undefined) return [];
      const link: LinkTypeDocument = {
        to: field.to,
        inverse: field.inverse ?? `${type}_by_${key}`,
        label: field.label ?? labelOf(key),
        cardinality: 'many-to-one',
        owner: field.owner ?? 'internal',
      };
      return [[`${type}.${key}`, link, key]];
    }),
  );
  return [...own, ...lookups];
}

/** Roles without a number get the next free one, in the order of the list; planning writes it into the document. */
const compileRoles = (list: readonly RoleDocument[]): LinkType['roles'] =>
  list.map((role) => ({ number: role.number ?? 0, externalId: role.external_id ?? null, name: role.name }));

function compileLink(
  key: string,
  link: LinkTypeDocument,
  lookupField: string | null,
  id: number,
  roles: ReadonlyMap<string, LinkType['roles']>,
): LinkType {
  const [left = '', name = ''] = key.split('.');
  return {
    id,
    key,
    name,
    label: link.label ?? labelOf(name),
    left,
    right: link.to,
    inverse: inverseOf(left, link),
    cardinality: link.cardinality ?? 'many-to-many',
    oncePer: link.once_per ?? 'pair',
    roleList: link.roles ?? null,
    roles: roles.get(link.roles ?? '') ?? [],
    owner: link.owner ?? 'internal',
    lookupField,
    names: link.names ?? {},
  };
}

/** By default the plural of the left type's key, as `claims`. */
export const inverseOf = (left: string, link: LinkTypeDocument): string => link.inverse ?? pluralOf(left);

function compileType(
  key: string,
  type: RecordTypeDocument,
  ids: SchemaRow['ids']['types'],
  links: ReadonlyMap<string, LinkType>,
  allLinks: readonly LinkType[],
): RecordType {
  const known = own(ids, key);
  if (known === undefined) throw new Error(`The stored schema has no id for the record type ${key}`);
  const owner = type.owner ?? 'internal';
  const documents: [string, FieldDocument][] = [
    ['external_id', { type: 'text', unique: true, label: 'External id', owner, ...type.fields?.external_id }],
    ['sync_key', { type: 'text', unique: true, label: 'Sync key', ...type.fields?.sync_key }],
    ['name', { type: 'text', label: 'Name', ...type.fields?.name }],
    ...Object.entries(type.fields ?? {}).filter(([field]) => !(field in systemFieldIds)),
  ];
  const fields = documents.map(([field, document]) =>
    compileField(field, document, fieldIdOf(known.fields, field), {
      link: links.get(`${key}.${field}`) ?? null,
      indexed: known.indexed ?? [],
    }),
  );
  return {
    id: known.id,
    key,
    label: type.label ?? labelOf(key),
    plural: type.plural ?? pluralOf(type.label ?? labelOf(key)),
    description: type.description ?? '',
    owner,
    onReturn: type.on_return ?? 'revive',
    keepAliases: type.keep_aliases ?? true,
    aliased: known.aliased ?? false,
    fields,
    fieldsByKey: new Map(fields.map((field) => [field.key, field])),
    fieldsById: new Map(fields.map((field) => [field.id, field])),
    matchFields: fields.filter((field) => field.unique),
    lookups: fields.filter((field): field is LookupField => field.link !== null),
    filterable: fields.filter((field) => field.filterable),
    numbered: fields.filter((field): field is NumberedField => field.numbered !== null),
    linkEnds: new Map(
      allLinks.flatMap((link) => linkEndsOf(link, key).map((end): [string, LinkEnd] => [end.name, end])),
    ),
    names: type.names ?? {},
    extra: type.extra ?? {},
    createdAt: known.createdAt,
    updatedAt: known.updatedAt,
  };
}

const fieldIdOf = (ids: Readonly<Record<string, number>>, key: string): number =>
  key in systemFieldIds ? systemFieldIds[key as keyof typeof systemFieldIds] : idOf(ids, key);

function linkEndsOf(link: LinkType, type: string): LinkEnd[] {
  const ends: LinkEnd[] = [];
  const { cardinality } = link;
  if (link.left === type) {
    const single = cardinality === 'many-to-one' || cardinality === 'one-to-one';
    ends.push({ link, side: 'left', name: link.name, other: link.right, single });
  }
  if (link.right === type) {
    const single = cardinality === 'one-to-many' || cardinality === 'one-to-one';
    ends.push({ link, side: 'right', name: link.inverse, other: link.left, single });
  }
  return ends;
}

function compileField(
  key: string,
  field: FieldDocument,
  id: number,
  { link, indexed }: { link: LinkType | null; indexed: readonly number[] },
): Field {
  return {
    id,
    key,
    label: field.label ?? labelOf(key),
    description: field.description ?? '',
    type: field.type,
    required: field.required ?? false,
    unique: field.unique ?? false,
    keyRule: field.key_rule ?? [],
    default: field.default ?? null,
    maxLength: field.max_length ?? null,
    scale: field.scale ?? null,
    numbered: field.numbered === undefined ? null : { prefix: '', padding: 0, first: 1, ...field.numbered },
    pattern: field.pattern ?? null,
    options: field.options ?? [],
    link: field.type === 'lookup' ? link : null,
    owner: field.owner ?? 'internal',
    filterable: field.filterable ?? false,
    indexed: field.filterable === true && indexed.includes(id),
    system: key in systemFieldIds,
    names: field.names ?? {},
    extra: field.extra ?? {},
  };
}

/** A field that is not in a catalogue yet, to check its default with. */
export const compileFieldForCheck = (field: FieldDocument): Field =>
  compileField('default', field, 0, { link: null, indexed: [] });

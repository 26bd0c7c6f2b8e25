/** The schema as the pages need it: every default filled in, and each link seen from both of its ends. */
import type { Schema } from './types.ts';

type FieldDocument = NonNullable<NonNullable<Schema['types']>[string]['fields']>[string];
type LinkDocument = NonNullable<Schema['links']>[string];

export type Owner = NonNullable<FieldDocument['owner']>;
export type FieldType = FieldDocument['type'];

export type Field = {
  readonly key: string;
  readonly label: string;
  readonly description: string;
  readonly type: FieldType;
  readonly required: boolean;
  /** Records are found by it. */
  readonly unique: boolean;
  /** Lists are filtered and sorted by it through an index. */
  readonly filterable: boolean;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly pattern: string | undefined;
  readonly isNumbered: boolean;
  readonly default: unknown;
  /** lookup only: the record type that it points at. */
  readonly to: string | undefined;
  readonly owner: Owner;
};

/** As of which nothing is said. */
export const plainField: Field = {
  key: '',
  label: '',
  description: '',
  type: 'text',
  required: false,
  unique: false,
  filterable: false,
  options: [],
  pattern: undefined,
  isNumbered: false,
  default: null,
  to: undefined,
  owner: 'external',
};

export type LinkEnd = {
  /** Of its link type: `claim.contacts`. */
  readonly key: string;
  /** What the record type of this end calls it. */
  readonly name: string;
  readonly label: string;
  readonly side: 'left' | 'right';
  readonly left: string;
  readonly right: string;
  /** The record type at the other end. */
  readonly other: string;
  /** At most one record at the other end. */
  readonly single: boolean;
  readonly oncePer: 'pair' | 'role';
  readonly roles: readonly string[];
  readonly owner: Owner;
  /** It is what a lookup field of the left type shows. */
  readonly isLookup: boolean;
};

export type RecordType = {
  readonly key: string;
  readonly label: string;
  readonly plural: string;
  readonly description: string;
  readonly owner: Owner;
  readonly fields: readonly Field[];
  readonly links: readonly LinkEnd[];
};

export type Catalogue = ReadonlyMap<string, RecordType>;

/** `sales_order` → `Sales order`, as the server has it. */
export const labelOf = (key: string): string => {
  const words = key.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export function pluralOf(singular: string): string {
  if (/[^aeiou]y$/i.test(singular)) return `${singular.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh)$/i.test(singular) ? `${singular}es` : `${singular}s`;
}

function fieldOf(key: string, field: FieldDocument): Field {
  return {
    key,
    label: field.label ?? labelOf(key),
    description: field.description ?? '',
    type: field.type,
    required: field.required ?? false,
    unique: field.unique ?? false,
    filterable: field.filterable ?? false,
    options: (field.options ?? []).map(({ value, label }) => ({ value, label: label ?? value })),
    pattern: field.pattern,
    isNumbered: field.numbered !== undefined,
    default: field.default ?? null,
    to: field.to,
    owner: field.owner ?? 'internal',
  };
}

/** What every record type has of its own accord. */
const systemFields = (owner: Owner): [string, FieldDocument][] => [
  ['external_id', { type: 'text', unique: true, label: 'External id', owner }],
  ['sync_key', { type: 'text', unique: true, label: 'Sync key' }],
  ['name', { type: 'text', label: 'Name' }],
];

/** Link types, and the links behind lookup fields. */
function linkDocuments({ links = {}, types = {} }: Schema): [string, LinkDocument, boolean][] {
  const lookups = Object.entries(types).flatMap(([type, { fields = {} }]) =>
    Object.entries(fields).flatMap(([key, field]): [string, LinkDocument, boolean][] => {
      if (field.type !== 'lookup' || field.to === undefined) return [];
      const { to, inverse = `${type}_by_${key}`, label = labelOf(key), owner = 'internal' } = field;
      return [[`${type}.${key}`, { to, inverse, label, cardinality: 'many-to-one', owner }, true]];
    }),
  );
  return [
    ...Object.entries(links).map(([key, link]): [string, LinkDocument, boolean] => [key, link, false]),
    ...lookups,
  ];
}

function endsOf(schema: Schema, [key, link, isLookup]: [string, LinkDocument, boolean]): [string, LinkEnd][] {
  const [left = '', name = ''] = key.split('.');
  const { to: right, inverse = pluralOf(left), cardinality = 'many-to-many', once_per: oncePer = 'pair' } = link;
  const roles = (schema.role_lists?.[link.roles ?? ''] ?? []).map((role) => role.name);
  const both = { key, left, right, oncePer, roles, owner: link.owner ?? 'internal', isLookup } as const;
  return [
    [
      left,
      {
        ...both,
        name,
        label: link.label ?? labelOf(name),
        side: 'left',
        other: right,
        single: cardinality.endsWith('to-one'),
      },
    ],
    [
      right,
      {
        ...both,
        name: inverse,
        label: labelOf(inverse),
        side: 'right',
        other: left,
        single: cardinality.startsWith('one-to'),
      },
    ],
  ];
}

export function catalogueOf(schema: Schema): Catalogue {
  const ends = linkDocuments(schema).flatMap((link) => endsOf(schema, link));
  const types = Object.entries(schema.types ?? {}).map(([key, type]): [string, RecordType] => {
    const owner = type.owner ?? 'internal';
    const { fields = {} } = type;
    const system = systemFields(owner);
    const documents = [
      ...system.map(([name, field]): [string, FieldDocument] => [name, { ...field, ...fields[name] }]),
      ...Object.entries(fields).filter(([name]) => !system.some(([known]) => known === name)),
    ];
    const label = type.label ?? labelOf(key);
    return [
      key,
      {
        key,
        label,
        plural: type.plural ?? pluralOf(label),
        description: type.description ?? '',
        owner,
        fields: documents.map(([name, field]) => fieldOf(name, field)),
        links: ends.flatMap(([of, end]) => (of === key ? [end] : [])),
      },
    ];
  });
  return new Map(types);
}

/** As the record type at its left end calls it. @param link its key. */
export const labelOfLink = (catalogue: Catalogue, { link, left }: { link: string; left: { type: string } }): string =>
  catalogue.get(left.type)?.links.find(({ key, side }) => key === link && side === 'left')?.label ?? link;

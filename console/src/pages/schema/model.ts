/** The schema as its pages show it: each type with its fields, and what leads from type to type. */
import { labelOf, type Owner } from '../../api/catalogue.ts';
import type { Schema } from '../../api/types.ts';

type Types = NonNullable<Schema['types']>;
type Links = NonNullable<Schema['links']>;

export type ShownType = { readonly key: string; readonly label: string; readonly type: Types[string] };

export const typesOf = (schema: Schema): readonly ShownType[] =>
  Object.entries(schema.types ?? {}).map(([key, type]) => ({ key, label: type.label ?? labelOf(key), type }));

export type Connection = {
  readonly from: string;
  readonly to: string;
  /** The link, or the lookup field, as the type it leads from calls it. */
  readonly name: string;
  readonly kind: 'link' | 'lookup';
  readonly cardinality: NonNullable<Links[string]['cardinality']>;
  readonly inverse: string | null;
  readonly roles: string | null;
  readonly owner: Owner;
};

export function connectionsOf(schema: Schema): readonly Connection[] {
  const lookups = typesOf(schema).flatMap(({ key, type }) =>
    Object.entries(type.fields ?? {}).flatMap(([name, { to, inverse = null, owner = 'internal' }]): Connection[] =>
      to === undefined
        ? []
        : [{ from: key, to, name, kind: 'lookup', cardinality: 'many-to-one', inverse, roles: null, owner }],
    ),
  );
  const links = Object.entries(schema.links ?? {}).map(([key, link]): Connection => {
    const [from = '', name = ''] = key.split('.');
    const { to, inverse = null, roles = null, owner = 'internal', cardinality = 'many-to-many' } = link;
    return { from, to, name, kind: 'link', cardinality, inverse, roles, owner };
  });
  return [...lookups, ...links];
}

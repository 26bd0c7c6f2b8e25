/** Changes of the schema document, each of which makes a new one. */
import { own } from '../../../../api/own.ts';
import type { Schema } from '../../../../api/types.ts';

export type TypeDocument = NonNullable<Schema['types']>[string];
export type FieldDocument = NonNullable<TypeDocument['fields']>[string];
export type LinkDocument = NonNullable<Schema['links']>[string];
export type RoleDocument = NonNullable<Schema['role_lists']>[string][number];

/** undefined takes a member away. */
export type Change<Of> = { readonly [Name in keyof Of]?: Of[Name] | undefined };

/** What is new comes last. */
export const changed = <Of extends object>(is: Of, change: Change<Of>): Of =>
  Object.fromEntries(Object.entries({ ...is, ...change }).filter(([, value]) => value !== undefined)) as Of;

export const withEntry = <Value>(
  entries: Record<string, Value> | undefined = {},
  name: string,
  value: Value | undefined,
): Record<string, Value> => changed(entries, { [name]: value });

export const withType = (schema: Schema, key: string, type: TypeDocument | undefined): Schema => ({
  ...schema,
  types: withEntry(schema.types, key, type),
});

export const withLink = (schema: Schema, key: string, link: LinkDocument | undefined): Schema => ({
  ...schema,
  links: withEntry(schema.links, key, link),
});

export const withRoles = (schema: Schema, key: string, roles: RoleDocument[] | undefined): Schema => ({
  ...schema,
  role_lists: withEntry(schema.role_lists, key, roles),
});

export const withField = (schema: Schema, type: string, key: string, field: FieldDocument | undefined): Schema => {
  const of = own(schema.types ?? {}, type) ?? {};
  return withType(schema, type, { ...of, fields: withEntry(of.fields, key, field) });
};

/** Link types and lookups that lead to the type or from it. */
export const linksAt = (schema: Schema, type: string): [string, LinkDocument][] =>
  Object.entries(schema.links ?? {}).filter(([key, { to }]) => key.startsWith(`${type}.`) || to === type);

const lookupsTo = (schema: Schema, type: string): [string, string, FieldDocument][] =>
  Object.entries(schema.types ?? {}).flatMap(([of, { fields = {} }]) =>
    Object.entries(fields).flatMap(([key, field]): [string, string, FieldDocument][] =>
      field.to === type && of !== type ? [[of, key, field]] : [],
    ),
  );

/** With all that leads to it: a link or lookup has no end then. */
export function withoutType(schema: Schema, type: string): Schema {
  let without = withType(schema, type, undefined);
  for (const [key] of linksAt(schema, type)) without = withLink(without, key, undefined);
  for (const [of, key] of lookupsTo(schema, type)) without = withField(without, of, key, undefined);
  return without;
}

/** As it is stored, with what led to it from types that there are. */
export function withTypeBack(schema: Schema, stored: Schema, type: string): Schema {
  const isThere = (key: string): boolean => key === type || own(schema.types ?? {}, key) !== undefined;
  let back = withType(schema, type, own(stored.types ?? {}, type));
  for (const [key, link] of linksAt(stored, type))
    if (isThere(link.to) && isThere(key.split('.')[0] ?? '')) back = withLink(back, key, link);
  for (const [of, key, field] of lookupsTo(stored, type)) if (isThere(of)) back = withField(back, of, key, field);
  return back;
}

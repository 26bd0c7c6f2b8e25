/** Building blocks of the shapes: TypeBox schemas that requests are validated by, and that the OpenAPI document is made from. */
import { type Static, type TProperties, type TSchema, Type } from '../../json-schema.ts';

/** An object whose member names are data: record type keys, field keys and the like. */
export const mapOf = <T extends TSchema>(value: T, options: { description?: string } = {}) =>
  Type.Unsafe<Record<string, Static<T>>>({ type: 'object', additionalProperties: value, ...options });

/** One schema of several JSON types, rather than a union of schemas: errors stay readable, and so does the document. */
export const nullableText = (description: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], description });

/** A shape that stands in the document's components under its `$id`. */
export const refTo = <T extends TSchema>(shape: T & { readonly $id?: string }) =>
  Type.Unsafe<Static<T>>({ $ref: `${shape.$id}#` });

/** A component, or null. */
export const refOrNull = <T extends TSchema>(shape: T & { readonly $id?: string }) =>
  Type.Unsafe<Static<T> | null>({ anyOf: [{ $ref: `${shape.$id}#` }, { type: 'null' }] });

/** The form of every list. */
export const listOf = <T extends TSchema>(item: T, $id: string) =>
  Type.Object(
    {
      items: Type.Array(item),
      next: nullableText('Send it as `cursor` for the next page; null on the last one.'),
    },
    { $id },
  );

export const Time = Type.String({ format: 'date-time', description: 'ISO 8601, UTC, with milliseconds.' });
export const Id = Type.String({ format: 'uuid', description: 'A GUID.' });
export const strict = { additionalProperties: false } as const;

/** The record type and its record, as they stand in paths. */
export const typeParameter = Type.String({ description: 'Key of a record type.', examples: ['contact'] });
export const refParameter = Type.String({
  description: 'Names a record: its id, its number (`5001`), or `field:value` with a match field, percent-encoded.',
  examples: ['sync_key:CONTACT-2001'],
});

/** A query string: nothing in it is required, and what has a default is always there once the request is checked. */
export const queryOf = <T extends TProperties>(properties: T) => Type.Object(properties, { required: [], ...strict });

export const limitParameter = Type.Integer({
  minimum: 1,
  maximum: 1000,
  default: 100,
  description: 'How many items a page has at most. One of large items has fewer: `next` says whether there are more.',
});
export const cursorParameter = Type.Optional(
  Type.String({ description: 'The `next` of the page before, with all else unchanged.' }),
);
export const spreadsheetParameter = {
  spreadsheet: Type.Boolean({
    default: false,
    description:
      'Of CSV: it is to be opened in a spreadsheet. Text that would be taken for a formula has an apostrophe before it, which is taken away when the file is sent back.',
  }),
};
export const decimalParameter = {
  decimal: Type.Unsafe<'point' | 'comma'>({
    enum: ['point', 'comma'],
    default: 'point',
    description:
      'Of CSV: how its numbers are written. `comma`: as `1234,5` and `1.234,5`; what is no number in this way is refused.',
  }),
};

export const PageQuery = queryOf({ limit: limitParameter, cursor: cursorParameter });

export const openApiShape = Type.Object({ openapi: Type.String() }, { additionalProperties: true });

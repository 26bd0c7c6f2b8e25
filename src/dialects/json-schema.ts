/**
 * JSON Schemas whose types TypeScript knows: TypeBox's types, and builders of our own for the few forms that are used here. TypeBox itself would
 * load three hundred files at each start, for functions of a line.
 */
import type Box from 'typebox';
import type { Static, TObject, TProperties, TSchema } from 'typebox';

export type { Static, TProperties, TSchema };

type Builders = Pick<
  typeof Box,
  | 'Array'
  | 'Boolean'
  | 'Enum'
  | 'Integer'
  | 'Null'
  | 'Object'
  | 'Optional'
  | 'Partial'
  | 'Required'
  | 'String'
  | 'Union'
  | 'Unknown'
  | 'Unsafe'
>;

type Options = Readonly<Record<string, unknown>>;

/** Says that a member may be absent. In no document: it is the object around it that lists what is required. */
const mayBeAbsent = Symbol('optional');

const object = (properties: TProperties, options: Options = {}): object => {
  const required = Object.keys(properties).filter((name) => !Object.hasOwn(properties[name] ?? {}, mayBeAbsent));
  return { type: 'object', ...(required.length > 0 && { required }), properties, ...options };
};
const optional = (schema: TSchema): object =>
  Object.defineProperty({ ...schema }, mayBeAbsent, { value: true, enumerable: false });

/** The same object, each member of which was changed. A copy of a member is required again. */
const eachMember = (
  { type: _type, required: _required, properties, ...options }: TObject,
  change: (schema: TSchema) => object,
): object =>
  object(
    Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, change(schema)])) as TProperties,
    options,
  );

const builders = {
  Array: (items: TSchema, options?: Options) => ({ type: 'array', items, ...options }),
  Boolean: (options?: Options) => ({ type: 'boolean', ...options }),
  Enum: (values: readonly unknown[], options?: Options) => ({ enum: values, ...options }),
  Integer: (options?: Options) => ({ type: 'integer', ...options }),
  Null: (options?: Options) => ({ type: 'null', ...options }),
  Object: object,
  Optional: optional,
  Partial: (schema: TObject) => eachMember(schema, optional),
  Required: (schema: TObject) => eachMember(schema, (member) => ({ ...member })),
  String: (options?: Options) => ({ type: 'string', ...options }),
  Union: (anyOf: readonly TSchema[], options?: Options) => ({ anyOf, ...options }),
  Unknown: (options?: Options) => ({ ...options }),
  Unsafe: (schema: TSchema) => ({ ...schema }),
} satisfies Record<keyof Builders, unknown>;

export const Type = builders as unknown as Builders;

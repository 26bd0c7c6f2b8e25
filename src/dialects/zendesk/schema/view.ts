/** The workspace's schema as the vendor sees it: every record type is a custom object. */
import { createHash } from 'node:crypto';
import type { Catalogue, Field, RecordType } from '../../../model/catalogue.ts';
import { isObject } from '../../../model/json.ts';
import type { FieldType } from '../../../model/schema.ts';

const dialect = 'zendesk';

export const vendorTypes = [
  'text',
  'textarea',
  'checkbox',
  'date',
  'integer',
  'decimal',
  'regexp',
  'dropdown',
  'multiselect',
  'lookup',
] as const;
export type VendorType = (typeof vendorTypes)[number];

export type CustomField = {
  readonly field: Field;
  /** As the vendor's paths, and `custom_object_fields`, spell it: `color`, `standard::name`. */
  readonly key: string;
  readonly id: number;
  readonly type: VendorType;
  readonly standard: boolean;
  /** As it was given, or else where the field stands in the order in which fields were made. */
  readonly position: number;
  /** The object that a lookup points at: a custom object's key, or null for the vendor's own (`zen:user`) and other types. */
  readonly target: string | null;
  readonly extra: FieldExtra;
};

export type CustomObject = {
  readonly type: RecordType;
  readonly key: string;
  readonly name: CustomField;
  /** The field that plays the part of `external_id`. */
  readonly externalId: CustomField;
  /** Without the standard ones, by position. */
  readonly fields: readonly CustomField[];
  readonly fieldsByKey: ReadonlyMap<string, CustomField>;
  readonly extra: ObjectExtra;
};

/** What the vendor keeps with an object and the engine does not know: `extra.zendesk` of the record type. */
export type ObjectExtra = {
  readonly include_in_list_view?: boolean;
  readonly allows_photos?: boolean;
  readonly allows_attachments?: boolean;
  readonly created_by_user_id?: string;
  readonly updated_by_user_id?: string;
  /** Key of the unique field that shall be `external_id` here; the system field of that name unless said. */
  readonly external_key?: string;
};

/** The filter of a lookup for which nobody gave one. */
export const everything: Readonly<Record<string, unknown>> = { all: [], any: [] };

export type Numbering = { readonly prefix: string; readonly padding: number; readonly first: number };

/** The same of a field. */
export type FieldExtra = {
  readonly position?: number;
  readonly active?: boolean;
  readonly tag?: string;
  readonly relationship_filter?: Readonly<Record<string, unknown>>;
  /** A lookup of users, tickets or organizations, which are not kept here: the engine has a field of digits. */
  readonly relationship_target_type?: string;
  /** Of a name that is not numbered: how it would be. */
  readonly numbering?: Numbering;
  readonly created_at?: string;
  readonly updated_at?: string;
};

/** As the vendor has them unless somebody says otherwise. */
export const objectFlags = { include_in_list_view: true, allows_photos: false, allows_attachments: false } as const;

/** `extra` is written by this dialect, or by hand in a schema document: members of another kind than expected do not count. */
function objectExtra(extra: Readonly<Record<string, unknown>> | undefined): ObjectExtra {
  const own = zendeskExtra(extra);
  return {
    ...taken(own, 'include_in_list_view', isBoolean),
    ...taken(own, 'allows_photos', isBoolean),
    ...taken(own, 'allows_attachments', isBoolean),
    ...taken(own, 'created_by_user_id', isString),
    ...taken(own, 'updated_by_user_id', isString),
    ...taken(own, 'external_key', isString),
  };
}

function fieldExtra(extra: Readonly<Record<string, unknown>> | undefined): FieldExtra {
  const own = zendeskExtra(extra);
  return {
    ...taken(own, 'position', isInteger),
    ...taken(own, 'active', isBoolean),
    ...taken(own, 'tag', isString),
    ...taken(own, 'relationship_filter', isObject),
    ...taken(own, 'relationship_target_type', isString),
    ...taken(own, 'numbering', isNumbering),
    ...taken(own, 'created_at', isString),
    ...taken(own, 'updated_at', isString),
  };
}

const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isString = (value: unknown): value is string => typeof value === 'string';
const isInteger = (value: unknown): value is number => Number.isSafeInteger(value);

const isNumbering = (value: unknown): value is Numbering =>
  isObject(value) && isString(value.prefix) && isInteger(value.padding) && isInteger(value.first);

/** The dialect's part of `extra` as it is stored. */
export function zendeskExtra(extra: Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, unknown>> {
  const own = extra?.[dialect];
  return isObject(own) ? own : {};
}

function taken<Key extends string, Value>(
  own: Readonly<Record<string, unknown>>,
  key: Key,
  isKind: (value: unknown) => value is Value,
): { [K in Key]?: Value } {
  const value = own[key];
  return isKind(value) ? ({ [key]: value } as { [K in Key]?: Value }) : {};
}

const compiled = new WeakMap<Catalogue, ReadonlyMap<string, CustomObject>>();

/** All custom objects by key as the vendor spells it. */
export function customObjects(catalogue: Catalogue): ReadonlyMap<string, CustomObject> {
  let objects = compiled.get(catalogue);
  if (objects === undefined) {
    objects = new Map([...catalogue.types.values()].map((type) => [objectKey(type), compileObject(catalogue, type)]));
    compiled.set(catalogue, objects);
  }
  return objects;
}

const objectKey = (type: RecordType): string => type.names[dialect] ?? type.key;

function compileObject(catalogue: Catalogue, type: RecordType): CustomObject {
  const extra = objectExtra(type.extra);
  const named = type.fieldsByKey.get(extra.external_key ?? '');
  const externalField = named?.unique === true ? named : systemField(type, 'external_id');
  const name = compileField(catalogue, type, systemField(type, 'name'), { key: 'standard::name', position: 0 });
  const externalId = compileField(catalogue, type, externalField, { key: 'standard::external_id', position: 0 });
  const fields = type.fields
    .filter((field) => !field.system && field !== externalField)
    .sort((a, b) => a.id - b.id)
    .map((field, position) =>
      compileField(catalogue, type, field, { key: field.names[dialect] ?? field.key, position }),
    )
    .sort((a, b) => a.position - b.position || a.field.id - b.field.id);
  return {
    type,
    key: objectKey(type),
    name,
    externalId,
    fields,
    fieldsByKey: new Map([name, externalId, ...fields].map((field) => [field.key, field])),
    extra,
  };
}

function systemField(type: RecordType, key: 'name' | 'external_id'): Field {
  const field = type.fieldsByKey.get(key);
  if (field === undefined) throw new Error(`Record type ${type.key} lacks its system field ${key}.`);
  return field;
}

function compileField(
  catalogue: Catalogue,
  type: RecordType,
  field: Field,
  place: { key: string; position: number },
): CustomField {
  const extra = fieldExtra(field.extra);
  const target = field.link === null ? undefined : catalogue.types.get(field.link.right);
  return {
    field,
    key: place.key,
    id: fieldId(type, field),
    type: extra.relationship_target_type === undefined ? vendorTypeOf(field.type) : 'lookup',
    standard: place.key.startsWith('standard::'),
    position: extra.position ?? place.position,
    target: target === undefined ? null : objectKey(target),
    extra,
  };
}

function vendorTypeOf(type: FieldType): VendorType {
  switch (type) {
    case 'text':
    case 'textarea':
    case 'integer':
    case 'decimal':
    case 'date':
    case 'regexp':
    case 'lookup':
      return type;
    case 'datetime':
      return 'date';
    case 'boolean':
      return 'checkbox';
    case 'enum':
      return 'dropdown';
    case 'multi_enum':
      return 'multiselect';
  }
}

const firstVendorId = 2 ** 42;
const fieldsPerType = 2 ** 20;

/** The vendor's integer id of a field: made of the ids of its type and itself, so that it is not stored and never changes. */
const fieldId = (type: RecordType, field: Field): number => firstVendorId + type.id * fieldsPerType + field.id;

/** The vendor's integer id of an option: a hash of where it stands and its value, so that it survives re-ordering. */
export function optionId(field: CustomField, value: string): number {
  return createHash('sha256').update(`${field.id}\n${value}`).digest().readUIntBE(0, 6);
}

/** By key, `standard::name`, or id. */
export const findField = (object: CustomObject, keyOrId: string): CustomField | undefined =>
  /^\d+$/.test(keyOrId)
    ? [...object.fieldsByKey.values()].find((field) => String(field.id) === keyOrId)
    : object.fieldsByKey.get(keyOrId);

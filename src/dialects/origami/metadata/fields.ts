/** What there is: domains, their fields, and what a record of a domain looks like. */
import type { FastifyRequest } from 'fastify';
import type { Field } from '../../../model/catalogue.ts';
import { codesOf, isCoded, renderCode } from '../codes.ts';
import { domainName, memberName, primaryKeyName } from '../domains.ts';
import type { Context } from '../operation.ts';
import { domainOf } from '../records/target.ts';

export async function listDomains({ catalogue }: Context): Promise<unknown> {
  return [...catalogue.types.values()].map((type) => ({ DomainID: type.id, Name: domainName(type) }));
}

export async function listFields(context: Context, request: FastifyRequest): Promise<unknown> {
  const type = domainOf(context, request);
  return type.fields.map((field) => renderField(context, field));
}

/** All about a domain in one. */
export async function readDictionary(context: Context, request: FastifyRequest): Promise<unknown> {
  const type = domainOf(context, request);
  return {
    ...{ DomainID: type.id, Name: domainName(type), Label: type.label, Description: type.description },
    PrimaryKey: primaryKeyName(type),
    Fields: type.fields.map((field) => ({
      ...renderField(context, field),
      Codes: codesOf(field).map(renderCode),
    })),
  };
}

/** What a form shows, in its order. */
export async function readScreen(context: Context, request: FastifyRequest): Promise<unknown> {
  const type = domainOf(context, request);
  const fields = type.fields.map((field, index) => ({
    ...{ Name: memberName(field), Label: field.label, Order: index + 1 },
    ...{ IsRequired: field.required, IsReadOnly: isReadOnly(field) },
  }));
  return { DomainID: type.id, Name: domainName(type), Sections: [{ Name: type.label, Fields: fields }] };
}

/** A body that an insert takes, but for what must be unique. */
export async function readSample(context: Context, request: FastifyRequest): Promise<unknown> {
  const type = domainOf(context, request);
  const fields = type.fields.filter((field) => !isReadOnly(field) && field.numbered === null);
  return Object.fromEntries(fields.map((field) => [memberName(field), sampleOf(field)]));
}

/** What an interface keeps, no client writes. */
const isReadOnly = (field: Field): boolean => field.owner !== 'internal';

function renderField({ catalogue }: Context, field: Field): Record<string, unknown> {
  const other = field.link === null ? undefined : catalogue.types.get(field.link.right);
  return {
    ...{ FieldID: field.id, Name: memberName(field), Label: field.label, Description: field.description },
    ...{ DataType: dataTypes[field.type], MaxLength: field.maxLength, Scale: field.scale },
    ...{ IsRequired: field.required, IsUnique: field.unique, IsReadOnly: isReadOnly(field) },
    ...{ IsCoded: isCoded(field), AssociationDomain: other === undefined ? null : domainName(other) },
  };
}

const dataTypes: Readonly<Record<Field['type'], string>> = {
  text: 'Text',
  textarea: 'Text',
  regexp: 'Text',
  integer: 'Integer',
  decimal: 'Decimal',
  boolean: 'Boolean',
  date: 'Date',
  datetime: 'DateTime',
  enum: 'Code',
  multi_enum: 'MultiCode',
  lookup: 'Association',
};

function sampleOf(field: Field): unknown {
  if (field.default !== undefined && field.default !== null) return field.default;
  switch (field.type) {
    case 'text':
    case 'textarea':
      return field.label.slice(0, field.maxLength ?? undefined);
    case 'integer':
    case 'decimal':
      return 1;
    case 'boolean':
      return 'No';
    case 'date':
      return '2026-01-15';
    case 'datetime':
      return '2026-01-15T09:30:00Z';
    case 'enum':
      return field.options[0]?.value ?? null;
    case 'multi_enum':
      return field.options.slice(0, 1).map(({ value }) => value);
    // Only the one who knows the pattern, or the other records, can give these.
    case 'regexp':
    case 'lookup':
      return null;
  }
}

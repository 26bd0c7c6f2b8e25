/** The schema of a record type in JSON Schema: for OpenAPI 3.0, whose dialect says `nullable`, and by itself. */
import type { Field } from '../../../model/catalogue.ts';
import { attachmentEnd } from '../attachments/attachments.ts';
import type { Names, NetSuiteType } from '../names.ts';
import { sublistsOf } from '../records/sublists.ts';

export type Schema = Readonly<Record<string, unknown>>;

/** How the two kinds differ: in what may be null, and in where shared parts stand. */
export type Flavour = {
  readonly nullable: (type: string) => Schema;
  readonly refTo: (part: 'nsLink' | 'nsReference') => Schema;
};

export const openApi: Flavour = {
  nullable: (type) => ({ type, nullable: true }),
  refTo: (part) => ({ $ref: `#/components/schemas/${part}` }),
};

export const jsonSchema: Flavour = {
  nullable: (type) => ({ type: [type, 'null'] }),
  refTo: (part) => ({ $ref: `#/definitions/${part}` }),
};

/** Parts that all types share. */
export const sharedSchemas = (flavour: Flavour): Record<'nsLink' | 'nsReference', Schema> => ({
  nsLink: {
    type: 'object',
    properties: { rel: { type: 'string' }, href: { type: 'string', format: 'uri' } },
  },
  nsReference: {
    ...flavour.nullable('object'),
    properties: {
      id: { type: 'string', title: 'Internal identifier' },
      externalId: { type: 'string', title: 'External identifier' },
      refName: { type: 'string', title: 'Reference name' },
      links: { type: 'array', items: flavour.refTo('nsLink') },
    },
  },
});

const filterable = { 'x-ns-filterable': true };

export function recordSchema(flavour: Flavour, names: Names, type: NetSuiteType): Schema {
  const time = { type: 'string', format: 'date-time', readOnly: true, ...filterable };
  const properties: Record<string, Schema> = {
    id: { title: 'Internal ID', type: 'string', ...filterable },
    links: { title: 'Links', type: 'array', readOnly: true, items: flavour.refTo('nsLink') },
    dateCreated: { title: 'Date Created', ...time },
    lastModifiedDate: { title: 'Last Modified Date', ...time },
  };
  for (const { name, field } of type.fields) {
    if (name === 'id' || name === 'links') continue; // have no place in a record
    properties[name] = { title: field.label, ...about(field), ...fieldSchema(flavour, field), ...filterable };
  }
  const contact = names.typesByName.get('contact');
  if (contact !== undefined && attachmentEnd(type, contact) !== undefined) {
    properties.contactRoles = { readOnly: true, ...linesSchema(flavour, 'contact') };
  }
  for (const { name, member } of sublistsOf(names, type).values()) properties[name] = linesSchema(flavour, member);
  return { title: type.type.label, type: 'object', properties, 'x-ns-type': 'record' };
}

const about = ({ description }: Field): Schema => (description === '' ? {} : { description });

function fieldSchema(flavour: Flavour, field: Field): Schema {
  switch (field.type) {
    case 'text':
    case 'textarea':
    case 'regexp':
      return { ...flavour.nullable('string'), ...(field.maxLength === null ? {} : { maxLength: field.maxLength }) };
    case 'integer':
      return { ...flavour.nullable('integer'), format: 'int64' };
    case 'decimal':
      return { ...flavour.nullable('number'), format: 'double' };
    case 'boolean':
      return flavour.nullable('boolean');
    case 'date':
      return { ...flavour.nullable('string'), format: 'date' };
    case 'datetime':
      return { ...flavour.nullable('string'), format: 'date-time' };
    case 'enum':
      return { ...flavour.nullable('object'), ...optionSchema(field) };
    case 'multi_enum':
      return {
        ...flavour.nullable('object'),
        properties: { items: { type: 'array', items: { type: 'object', ...optionSchema(field) } } },
      };
    case 'lookup':
      return { allOf: [flavour.refTo('nsReference')] };
  }
}

const optionSchema = ({ options }: Field): Schema => ({
  properties: {
    id: { type: 'string', enum: options.map(({ value }) => value) },
    refName: { type: 'string' },
  },
});

const linesSchema = (flavour: Flavour, member: string): Schema => ({
  ...flavour.nullable('object'),
  properties: {
    links: { type: 'array', readOnly: true, items: flavour.refTo('nsLink') },
    items: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          [member]: flavour.refTo('nsReference'),
          role: flavour.refTo('nsReference'),
          links: { type: 'array', readOnly: true, items: flavour.refTo('nsLink') },
        },
      },
    },
    totalResults: { type: 'integer', readOnly: true },
    count: { type: 'integer', readOnly: true },
    hasMore: { type: 'boolean', readOnly: true },
    offset: { type: 'integer', readOnly: true },
  },
});

/** A field as the vendor shows it. */
import { type Call, timestamp } from '../call.ts';
import { type CustomField, type CustomObject, everything, optionId } from '../schema/view.ts';
import { namePropertiesOf } from './name-properties.ts';

export const fieldUrl = (call: Pick<Call, 'api'>, object: CustomObject, field: CustomField): string =>
  `${call.api}/custom_objects/${object.key}/fields/${field.id}.json`;

export async function renderField(call: Call, object: CustomObject, custom: CustomField): Promise<unknown> {
  const { field, extra } = custom;
  return {
    url: fieldUrl(call, object, custom),
    id: custom.id,
    type: custom.type,
    key: custom.key,
    title: field.label,
    raw_title: field.label,
    description: field.description,
    raw_description: field.description,
    position: custom.position,
    active: extra.active ?? true,
    system: false,
    regexp_for_validation: custom.type === 'regexp' ? field.pattern : null,
    created_at: timestamp(new Date(extra.created_at ?? object.type.createdAt)),
    updated_at: timestamp(new Date(extra.updated_at ?? object.type.updatedAt)),
    ...(custom === object.name ? { properties: await namePropertiesOf(call, object) } : ofType(custom)),
  };
}

/** The further members of each type; typed clients fail on one that is missing, and on a null filter. */
function ofType(custom: CustomField): Record<string, unknown> {
  switch (custom.type) {
    case 'checkbox':
      return { tag: custom.extra.tag ?? null };
    case 'dropdown':
    case 'multiselect':
      return {
        custom_field_options: custom.field.options.map(({ value, label }) => ({
          id: optionId(custom, value),
          name: label ?? value,
          raw_name: label ?? value,
          value,
        })),
      };
    case 'lookup':
      return {
        relationship_target_type: targetType(custom),
        relationship_filter: custom.extra.relationship_filter ?? everything,
      };
    case 'text':
    case 'textarea':
    case 'date':
    case 'integer':
    case 'decimal':
    case 'regexp':
      return {};
  }
}

export const targetType = (custom: CustomField): string | null =>
  custom.extra.relationship_target_type ?? (custom.target === null ? null : `zen:custom_object:${custom.target}`);

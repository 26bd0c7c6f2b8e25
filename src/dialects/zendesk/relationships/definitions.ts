/** `GET /relationships/definitions/{target_type}`: by what a relationship filter may narrow the records of a type. */
import { type Answer, type Call, customObjectOfType } from '../call.ts';
import { notFound } from '../errors.ts';
import { foreignTargets } from '../options.ts';
import type { CustomField, VendorType } from '../schema/view.ts';

export async function relationshipDefinitions(call: Call): Promise<Answer> {
  const type = call.params.targetType ?? '';
  const object = customObjectOfType(call, type);
  if (object === undefined && !foreignTargets.has(type)) throw notFound();
  const conditions = object === undefined ? [] : [object.name, object.externalId, ...object.fields].map(definition);
  return {
    status: 200,
    outcome: 'listed',
    body: { definitions: { conditions_all: conditions, conditions_any: conditions } },
  };
}

function definition(custom: CustomField): unknown {
  const { field } = custom;
  const values = field.options.map(({ value, label }) => ({ value, title: label ?? value, enabled: true }));
  return {
    title: field.label,
    subject: custom.standard ? custom.key.replace('standard::', '') : `custom_object_fields.${custom.key}`,
    type: conditionTypes[custom.type],
    group: custom.standard ? 'standard' : 'custom_fields',
    nullable: !field.required,
    repeatable: false,
    operators: [
      { value: 'is', title: 'Is', terminal: false },
      { value: 'is_not', title: 'Is not', terminal: false },
      { value: 'present', title: 'Present', terminal: true },
      { value: 'not_present', title: 'Not present', terminal: true },
    ],
    ...(values.length === 0 ? {} : { values }),
  };
}

const conditionTypes: Readonly<Record<VendorType, string>> = {
  text: 'text',
  textarea: 'text',
  regexp: 'text',
  integer: 'text',
  decimal: 'text',
  date: 'date',
  checkbox: 'boolean',
  dropdown: 'list',
  multiselect: 'list',
  lookup: 'autocomplete',
};

import { Group } from '@mantine/core';
import { labelOf } from '../../../../api/catalogue.ts';
import { Select } from '../../../../components/select.tsx';
import { AddPart } from './add-part.tsx';
import { isRefused, type SchemaForm, useSchemaForm } from './context.ts';

/** Which part of the document the form shows. */
export function Chooser({ value }: { value: string | null }) {
  const form = useSchemaForm();
  return (
    <Group align="end">
      <Select
        label="Record type, link type or role list"
        w={{ base: '100%', xs: 380 }}
        data={groupsOf(form)}
        searchable
        nothingFoundMessage="None of this name"
        allowDeselect={false}
        value={value}
        onChange={(at) => at !== null && form.choose(at)}
      />
      <AddPart />
    </Group>
  );
}

/** With what was there and is removed: until that is applied, it can be put back. */
function groupsOf(form: SchemaForm) {
  const { schema, stored } = form;
  const items = (group: 'types' | 'links' | 'role_lists', labelled: (key: string) => string) => {
    const { [group]: now = {} } = schema;
    const { [group]: before = {} } = stored;
    return [...new Set([...Object.keys(now), ...Object.keys(before)])].map((key) => {
      const at = `${group}.${key}`;
      const mark = Object.hasOwn(now, key) ? (Object.hasOwn(before, key) ? '' : ' (new)') : ' (removed)';
      return { value: at, label: `${labelled(key)}${mark}${isRefused(form, at) ? ' – to be mended' : ''}` };
    });
  };
  const typeLabel = (key: string): string => {
    const label = schema.types?.[key]?.label ?? labelOf(key);
    return label === labelOf(key) ? label : `${label} (${key})`;
  };
  return [
    { group: 'Record types', items: items('types', typeLabel) },
    { group: 'Link types', items: items('links', (key) => key) },
    { group: 'Role lists', items: items('role_lists', (key) => key) },
  ].filter((one) => one.items.length > 0);
}

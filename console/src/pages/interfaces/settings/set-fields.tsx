import { Checkbox, Group, SimpleGrid } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { labelOf } from '../../../api/catalogue.ts';
import type { Schema } from '../../../api/types.ts';
import { Select } from '../../../components/select.tsx';
import type { Values } from './values.ts';

type Fields = NonNullable<NonNullable<Schema['types']>[string]['fields']>;

const formats = ['json', 'ndjson', 'csv', 'xml'];

/** How its sets are read. */
export function SetFields({ form, fields }: { form: UseFormReturnType<Values>; fields: Fields }) {
  const keys = Object.entries(fields).flatMap(([name, { unique }]) => (unique ? [name] : []));
  const marks = Object.entries(fields).filter(([, { type }]) => ['boolean', 'date', 'datetime'].includes(type));
  return (
    <>
      <Checkbox.Group label="Formats" {...form.getInputProps('formats')}>
        <Group mt="xs">
          {formats.map((format) => (
            <Checkbox key={format} value={format} label={format.toUpperCase()} />
          ))}
        </Group>
      </Checkbox.Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          label="Key"
          description="The match field that names an element."
          data={[...new Set(['external_id', 'sync_key', ...keys])].map((key) => ({
            value: key,
            label: fields[key]?.label ?? labelOf(key),
          }))}
          allowDeselect={false}
          {...form.getInputProps('key')}
        />
        <Select
          label="Duplicates"
          description="Several elements of one set for the same record."
          data={[
            { value: 'first', label: 'The first counts' },
            { value: 'last', label: 'The last counts' },
            { value: 'refuse', label: 'None counts: the record is left as it is' },
          ]}
          allowDeselect={false}
          {...form.getInputProps('duplicates')}
        />
        <Select
          label="Delete policy"
          description="What becomes of a record that a set leaves out."
          data={[
            { value: 'delete', label: 'It is deleted' },
            { value: 'unlink', label: 'It stays, without its relations' },
            { value: 'keep', label: 'It stays, and a field says so' },
          ]}
          allowDeselect={false}
          {...form.getInputProps('delete_policy')}
        />
        {form.values.delete_policy === 'keep' && (
          <Select
            label="Field that says so"
            description="A boolean, date or datetime that the interface may write."
            data={marks.map(([value, { label = value }]) => ({ value, label }))}
            nothingFoundMessage="The type has no boolean, date or datetime field."
            {...form.getInputProps('mark_field')}
          />
        )}
      </SimpleGrid>
    </>
  );
}

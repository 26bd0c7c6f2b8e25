import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Select } from '../../../components/select.tsx';
import type { Asked } from './asked.ts';
import type { Column } from './columns.ts';
import { costInWords, isByIndex } from './indexed.ts';
import { operatorsFor } from './operators.ts';

const inputTypes: Readonly<Record<string, string>> = { date: 'date', datetime: 'datetime-local' };
const yesOrNo = [
  { value: 'true', label: 'yes' },
  { value: 'false', label: 'no' },
];

/** Field, how, and with what: one more filter. */
export function FilterForm({ columns, asked, done }: { columns: readonly Column[]; asked: Asked; done: () => void }) {
  const [key, setKey] = useState(columns.find((column) => column.key === 'name')?.key ?? columns[0]?.key ?? '');
  const column = columns.find((one) => one.key === key);
  const operators = operatorsFor(column?.type ?? 'text');
  const [chosen, setOperator] = useState<string>('eq');
  const operator = operators.find(({ value }) => value === chosen)?.value ?? operators[0]?.value ?? 'eq';
  const [value, setValue] = useState('');
  const options = operator === 'null' || column?.type === 'boolean' ? yesOrNo : (column?.options ?? []);
  const isChoice = options.length > 0 && operator !== 'in';
  const sent = column?.type === 'datetime' && value !== '' && operator !== 'null' ? isoOf(value) : value;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        asked.addFilter({ field: key, operator, value: sent });
        done();
      }}
    >
      <Stack gap="sm" w={{ base: 260, sm: 320 }}>
        <Select
          label="Field"
          data={columns.map(({ key: name, label }) => ({ value: name, label }))}
          value={key}
          onChange={(name) => {
            setKey(name ?? key);
            setValue('');
          }}
          searchable
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
          data-autofocus
        />
        <Select
          label="How"
          description={column === undefined || isByIndex(column, operator) ? undefined : costInWords([column.label])}
          data={[...operators]}
          value={operator}
          onChange={(one) => {
            setOperator(one ?? 'eq');
            setValue('');
          }}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
        />
        {isChoice ? (
          <Select
            label={operator === 'null' ? 'Unset' : 'Value'}
            data={[...options]}
            value={value === '' ? null : value}
            onChange={(one) => setValue(one ?? '')}
            comboboxProps={{ withinPortal: false }}
          />
        ) : (
          <TextInput
            label="Value"
            description={hintFor(operator, column)}
            type={operator === 'in' ? 'text' : (inputTypes[column?.type ?? ''] ?? 'text')}
            value={value}
            onChange={({ currentTarget }) => setValue(currentTarget.value)}
          />
        )}
        <Group justify="end">
          <Button type="submit" disabled={value === ''}>
            Add filter
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const isoOf = (local: string): string => new Date(local).toISOString();

function hintFor(operator: string, column: Column | undefined): string | undefined {
  if (operator === 'in') return 'Several, with commas between.';
  return column?.type === 'lookup' ? `The id or number of a ${column.to}.` : undefined;
}

import { Table, Text } from '@mantine/core';
import type { RecordType } from '../../../api/catalogue.ts';
import { Select } from '../../../components/select.tsx';
import type { Column } from '../../../csv/columns.ts';
import { type DecimalSign, readAs } from '../../../csv/decimal-sign.ts';
import type { FieldsOfColumns } from '../../../csv/fields-of-columns.ts';
import { isOfNumbers } from '../../../csv/number-fields.ts';

/** Which field each column of the file is. */
export function Mapping({
  type,
  columns,
  fields,
  sign,
  onChange,
}: {
  type: RecordType;
  columns: readonly Column[];
  fields: FieldsOfColumns;
  /** Of numbers; undefined: it is not said yet. */
  sign: DecimalSign | undefined;
  onChange: (fields: FieldsOfColumns) => void;
}) {
  return (
    <Table verticalSpacing={4} aria-label="Columns of the file">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Column of the file</Table.Th>
          <Table.Th>For example</Table.Th>
          <Table.Th>Field</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {columns.map(({ name, example, numbers }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a column is known by its place, as two may be called the same
          <Table.Tr key={place}>
            <Table.Td>{name || <Text c="dimmed">without name</Text>}</Table.Td>
            <Table.Td maw={200}>
              {isOfNumbers(type, fields[place]) ? (
                <NumberExample text={numbers[0] ?? example} sign={sign} />
              ) : (
                <Text size="sm" c="dimmed" truncate>
                  {example}
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              <Select
                aria-label={`Field of column ${name}`}
                placeholder="leave out"
                clearable
                allowDeselect={false}
                searchable
                data={type.fields
                  .filter(({ key }) => fields[place] === key || !fields.includes(key))
                  .map(({ key, label }) => ({ value: key, label }))}
                value={fields[place] ?? null}
                onChange={(key) => onChange(fields.with(place, key ?? undefined))}
              />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** What a number of the file is read as: whoever sees 1234 where 1.234 was meant chooses the other sign. */
function NumberExample({ text, sign }: { text: string; sign: DecimalSign | undefined }) {
  const read = sign === undefined ? undefined : readAs(text, sign);
  return (
    <Text size="sm" c="dimmed">
      {text}{' '}
      {text !== '' && sign !== undefined && (
        <Text span size="sm" c={read === undefined ? 'var(--mantine-color-error)' : 'var(--mantine-color-text)'}>
          {read === undefined ? 'is no number' : `is ${read}`}
        </Text>
      )}
    </Text>
  );
}

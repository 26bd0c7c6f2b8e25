import { Table, Text } from '@mantine/core';
import type { RecordType } from '../../../api/catalogue.ts';
import { useNames } from '../../../api/names.ts';
import type { MergeAnswer, ShownRecord, ShownValue } from '../../../api/types.ts';
import { FieldValue } from '../../../components/field-value.tsx';
import { Wide } from '../../../components/wide.tsx';

type Shown = { readonly type: RecordType; readonly duplicate: ShownRecord; readonly plan: MergeAnswer };

/** What goes with the duplicate, beside what stays in its place: nobody can ask the record for it afterwards. */
export function LostValues({ type, duplicate, plan }: Shown) {
  const kept = plan.record.fields;
  const goesOn = new Set(plan.items.flatMap(({ action, field }) => (action === 'alias' ? [field] : [])));
  const lost = type.fields.filter(
    ({ key }) => !isNothing(duplicate.fields[key]) && !goesOn.has(key) && !isSame(duplicate.fields[key], kept[key]),
  );
  const names = useNames(
    lost.flatMap(({ key, to }) =>
      to === undefined
        ? []
        : [{ type: to, ids: [duplicate.fields[key], kept[key]].filter((id) => typeof id === 'string') }],
    ),
  );
  if (lost.length === 0) return <Text size="sm">No value of the duplicate is lost.</Text>;
  return (
    <Wide>
      <Table verticalSpacing="xs" aria-label="Values of the duplicate that are lost">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Field</Table.Th>
            <Table.Th>Is lost</Table.Th>
            <Table.Th>Stays</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lost.map((field) => (
            <Table.Tr key={field.key}>
              <Table.Td>{field.label}</Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }} td="line-through">
                <FieldValue field={field} value={duplicate.fields[field.key]} names={names} />
              </Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                <FieldValue field={field} value={kept[field.key]} names={names} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Wide>
  );
}

const isNothing = (value: ShownValue | undefined): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

const isSame = (one: ShownValue | undefined, other: ShownValue | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

import { Card, Table, Title } from '@mantine/core';
import type { RecordType } from '../../../api/catalogue.ts';
import { useNames } from '../../../api/names.ts';
import type { ShownRecord } from '../../../api/types.ts';
import { FieldValue } from '../../../components/field-value.tsx';
import { OwnerBadge } from '../../../components/owner-badge.tsx';
import { Wide } from '../../../components/wide.tsx';
import { WhyButton } from './why.tsx';

/** Every field with its value and who owns it. */
export function Fields({ type, record }: { type: RecordType; record: ShownRecord }) {
  const names = useNames(
    type.fields.flatMap(({ key, to }) => {
      const id = record.fields[key];
      return to !== undefined && typeof id === 'string' ? [{ type: to, ids: [id] }] : [];
    }),
  );
  return (
    <Card withBorder component="section" aria-labelledby="fields">
      <Title order={2} size="h4" id="fields" mb="sm">
        Fields
      </Title>
      <Wide>
        <Table verticalSpacing={2} className="close-set">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Field</Table.Th>
              <Table.Th>Value</Table.Th>
              <Table.Th>Owner</Table.Th>
              <Table.Th>Why</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {type.fields.map((field) => (
              <Table.Tr key={field.key}>
                <Table.Th scope="row" fw={500}>
                  {field.label}
                </Table.Th>
                <Table.Td miw={110} style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
                  <FieldValue field={field} value={record.fields[field.key]} names={names} />
                </Table.Td>
                <Table.Td>
                  <OwnerBadge owner={field.owner} />
                </Table.Td>
                <Table.Td>
                  <WhyButton name={field.key} label={field.label} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Wide>
    </Card>
  );
}

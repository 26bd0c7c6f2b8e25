import { Anchor, Table } from '@mantine/core';
import { Link } from 'react-router';
import type { Schema } from '../../api/types.ts';
import { Empty } from '../../components/empty.tsx';
import { OwnerBadge } from '../../components/owner-badge.tsx';
import { Wide } from '../../components/wide.tsx';
import { addressOf } from './address.ts';
import { connectionsOf } from './model.ts';

/** What leads from type to type; the diagram in words. */
export function LinkTable({ schema, mayEdit }: { schema: Schema; mayEdit: boolean }) {
  const connections = connectionsOf(schema);
  if (connections.length === 0) {
    return (
      <Empty title="No link type yet">A link type says which records can be linked to which, and in which roles.</Empty>
    );
  }
  return (
    <Wide>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>From</Table.Th>
            <Table.Th>Link or lookup</Table.Th>
            <Table.Th>To</Table.Th>
            <Table.Th>The way back</Table.Th>
            <Table.Th>Cardinality</Table.Th>
            <Table.Th>Roles</Table.Th>
            <Table.Th>Owner</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {connections.map(({ from, to, name, kind, inverse, cardinality, roles, owner }) => (
            <Table.Tr key={`${from}.${name}`}>
              <Table.Td>{from}</Table.Td>
              <Table.Td>
                {mayEdit ? (
                  <Anchor
                    component={Link}
                    size="sm"
                    to={addressOf(kind === 'lookup' ? `types.${from}.fields.${name}` : `links.${from}.${name}`)}
                  >
                    {name}
                  </Anchor>
                ) : (
                  name
                )}
                {kind === 'lookup' && ' (lookup)'}
              </Table.Td>
              <Table.Td>{to}</Table.Td>
              <Table.Td>{inverse}</Table.Td>
              <Table.Td>{cardinality}</Table.Td>
              <Table.Td>
                {roles !== null && (
                  <Anchor component={Link} size="sm" to="?tab=roles">
                    {roles}
                  </Anchor>
                )}
              </Table.Td>
              <Table.Td>
                <OwnerBadge owner={owner} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Wide>
  );
}

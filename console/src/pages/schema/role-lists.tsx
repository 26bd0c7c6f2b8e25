import { Card, SimpleGrid, Table, Title } from '@mantine/core';
import type { Schema } from '../../api/types.ts';
import { Empty } from '../../components/empty.tsx';

/** What a linked record can be to the other: by list, as link types name them. */
export function RoleLists({ schema }: { schema: Schema }) {
  const lists = Object.entries(schema.role_lists ?? {});
  if (lists.length === 0) {
    return (
      <Empty title="No role list yet">A role says what the one record is to the other, as Broker of a policy.</Empty>
    );
  }
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      {lists.map(([name, roles]) => (
        <Card withBorder key={name} component="section" aria-label={name}>
          <Title order={2} size="h4">
            {name}
          </Title>
          <Table mt="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Role</Table.Th>
                <Table.Th>External id</Table.Th>
                <Table.Th ta="right">Number</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {roles.map((role) => (
                <Table.Tr key={role.name}>
                  <Table.Td>{role.name}</Table.Td>
                  <Table.Td>{role.external_id}</Table.Td>
                  <Table.Td ta="right">{role.number}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      ))}
    </SimpleGrid>
  );
}

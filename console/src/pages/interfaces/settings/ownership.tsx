import { Badge, Button, Card, Stack, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type Owned, ownedOf } from '../../../api/ownership.ts';
import type { ListedInterface, Schema } from '../../../api/types.ts';
import { Wide } from '../../../components/wide.tsx';
import { TransferDialog } from './transfer-dialog.tsx';

/** Who may write each field and relation of the type; what is this interface's to write is marked. */
export const Ownership = ({ on, schema }: { on: ListedInterface; schema: Schema }) => (
  <Card withBorder component="section" aria-labelledby="ownership-title">
    <Stack>
      <div>
        <Title order={2} size="h4" id="ownership-title">
          Ownership
        </Title>
        <Text size="sm" c="dimmed">
          Only the owner changes a value. What its sets bring and is not theirs to write is left out, with a sync issue.
        </Text>
      </div>
      <Wide>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Field or relation</Table.Th>
              <Table.Th>Owner</Table.Th>
              <Table.Th>By this interface</Table.Th>
              <Table.Th aria-label="Actions" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {ownedOf(schema, on.type).map((owned) => (
              <OwnedRow key={`${owned.member?.kind} ${owned.member?.name}`} on={on} owned={owned} />
            ))}
          </Table.Tbody>
        </Table>
      </Wide>
    </Stack>
  </Card>
);

function OwnedRow({ on, owned }: { on: ListedInterface; owned: Owned }) {
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <Table.Tr>
      <Table.Td>{owned.label}</Table.Td>
      <Table.Td>{owned.owner}</Table.Td>
      <Table.Td>
        {mayWrite(on, owned) ? (
          <Badge variant="light" color="green">
            written
          </Badge>
        ) : (
          <Text size="sm" c="dimmed">
            left out
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">
        <Button size="compact-sm" variant="subtle" onClick={open} aria-label={`Transfer ${owned.label}`}>
          Transfer
        </Button>
        <TransferDialog on={on} owned={owned} isOpen={isOpen} close={close} />
      </Table.Td>
    </Table.Tr>
  );
}

const mayWrite = ({ writes }: ListedInterface, { member }: Owned): boolean =>
  member === undefined
    ? writes.records
    : [...writes.fields, ...writes.relations].some(({ name }) => name === member.name);

import { ActionIcon, Button, Checkbox, Group, Stack, Table, Text } from '@mantine/core';
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { actions } from '../../api/rights.ts';
import type { Grants } from '../../api/types.ts';
import { MultiSelect, Select } from '../../components/select.tsx';
import { Wide } from '../../components/wide.tsx';

type Shown = { grants: Grants; types: readonly string[]; change: (grants: Grants) => void };

/** What a member may, by record type: `*` stands for every type, and what a type has comes on top of it. */
export function GrantsEditor({ grants, types, change }: Shown) {
  const set = (type: string, held: readonly string[]): void => change({ ...grants, [type]: held } as Grants);
  const drop = (type: string): void => {
    const { [type]: _dropped, ...others } = grants as Record<string, never>;
    change(others);
  };
  const [sought, setSought] = useState('');
  const free = ['*', ...types].filter((type) => !Object.hasOwn(grants, type));
  return (
    <Stack gap="xs">
      <Wide>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Record type</Table.Th>
              {actions.map((action) => (
                <Table.Th key={action}>{action}</Table.Th>
              ))}
              <Table.Th miw={180}>attach to</Table.Th>
              <Table.Th aria-label="Actions" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {Object.entries(grants).map(([type, held]) => (
              <TypeRow
                key={type}
                type={type}
                held={held}
                types={types}
                change={(after) => set(type, after)}
                drop={() => drop(type)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Wide>
      {Object.keys(grants).length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing is granted: a member sees and does nothing.
        </Text>
      )}
      <Group>
        <Select
          aria-label="Record type to grant"
          placeholder="Grant another record type"
          w={270}
          data={free.map((value) => ({ value, label: inWords(value) }))}
          value={null}
          searchable
          leftSection={<Plus size={14} aria-hidden />}
          searchValue={sought}
          onSearchChange={setSought}
          onChange={(type) => {
            if (type !== null) set(type, ['read']);
            setTimeout(() => setSought('')); // after the field has put the name of what was chosen there
          }}
        />
        {Object.keys(grants).length > 0 && (
          <Button variant="subtle" color="gray" onClick={() => change({})}>
            Take all away
          </Button>
        )}
      </Group>
    </Stack>
  );
}

const inWords = (type: string): string => (type === '*' ? 'every type' : type);

type Row = {
  type: string;
  held: readonly string[];
  types: readonly string[];
  change: (held: readonly string[]) => void;
  drop: () => void;
};

function TypeRow({ type, held, types, change, drop }: Row) {
  const attached = held.flatMap((action) => (action.startsWith('attach:') ? [action.slice('attach:'.length)] : []));
  const others = held.filter((action) => !action.startsWith('attach:'));
  return (
    <Table.Tr>
      <Table.Th scope="row">{inWords(type)}</Table.Th>
      {actions.map((action) => (
        <Table.Td key={action}>
          <Checkbox
            aria-label={`${action} ${inWords(type)}`}
            checked={held.includes(action)}
            onChange={({ currentTarget: { checked } }) =>
              change(checked ? [...held, action] : held.filter((one) => one !== action))
            }
          />
        </Table.Td>
      ))}
      <Table.Td>
        <MultiSelect
          aria-label={`attach ${inWords(type)} to`}
          placeholder={attached.length === 0 ? 'nothing' : ''}
          data={['*', ...types].map((value) => ({ value, label: inWords(value) }))}
          value={attached}
          searchable
          onChange={(after) => change([...others, ...after.map((one) => `attach:${one}`)])}
        />
      </Table.Td>
      <Table.Td>
        <ActionIcon variant="subtle" color="gray" aria-label={`Take away ${inWords(type)}`} onClick={drop}>
          <Trash2 size={16} />
        </ActionIcon>
      </Table.Td>
    </Table.Tr>
  );
}

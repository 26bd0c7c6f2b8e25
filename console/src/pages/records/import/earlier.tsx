import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { RecordType } from '../../../api/catalogue.ts';
import { path } from '../../../api/client.ts';
import { importsQuery } from '../../../api/imports.ts';
import type { ShownImport } from '../../../api/types.ts';
import { More } from '../../../components/more.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../../components/stacking-table.tsx';
import { Time } from '../../../components/time.tsx';
import { count, counted } from '../../../components/words.ts';
import { RejectedFile } from '../../imports/rejected-file.tsx';
import { RevertImport } from '../../imports/revert.tsx';
import { ImportState } from '../../imports/state.tsx';

const columns = ['Import', 'State', 'What became of its rows', 'By', 'What to do'] as const;
const [number, state, became, by, action] = columns;

/** What was imported before: what became of it, its rejected rows, and taking it back. */
export function Earlier({ type }: { type: RecordType }) {
  const query = useInfiniteQuery(importsQuery(type.key));
  const imports = (query.data?.pages ?? []).flatMap(({ items }) => items);
  if (imports.length === 0) return null;
  return (
    <Stack component="section" aria-labelledby="earlier" mt="xl" gap="xs">
      <Title order={2} size="h4" id="earlier">
        Earlier imports
      </Title>
      <StackingTable columns={columns} aria-labelledby="earlier">
        {imports.map((one) => (
          <StackingRow key={one.id}>
            <StackingCell of={number}>
              <Anchor component={Link} size="sm" to={path`/imports/${one.id}`}>
                {count(one.number)}
              </Anchor>
            </StackingCell>
            <StackingCell of={state}>
              <ImportState state={one.state} />
            </StackingCell>
            <StackingCell of={became} w="100%">
              <Text size="sm">{inWords(one)}</Text>
              {one.failure !== null && (
                <Text size="sm" c="dimmed">
                  {one.failure}
                </Text>
              )}
            </StackingCell>
            <StackingCell of={by}>
              <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
                {one.principal.name}
              </Text>
              <Text size="sm" c="dimmed">
                <Time at={one.started_at} />
              </Text>
            </StackingCell>
            <StackingCell of={action}>
              <Actions one={one} />
            </StackingCell>
          </StackingRow>
        ))}
      </StackingTable>
      <More query={query} />
    </Stack>
  );
}

function inWords({ counts: { received, ...outcomes }, reverts }: ShownImport): string {
  const parts = Object.entries(outcomes)
    .filter(([, amount]) => amount > 0)
    .map(([name, amount]) => `${count(amount)} ${name}`);
  const of = reverts === null ? counted(received, 'row') : 'A revert';
  return parts.length === 0 ? of : `${of}: ${parts.join(', ')}`;
}

const Actions = ({ one }: { one: ShownImport }) => (
  <Group gap="xs" wrap="nowrap">
    {one.counts.rejected > 0 && one.reverts === null && (
      <RejectedFile of={one} size="compact-sm" aria-label={`Rejected rows of import ${count(one.number)} as CSV`}>
        Rejected rows
      </RejectedFile>
    )}
    <RevertImport shown={one} name={`Revert import ${count(one.number)}`} button={{ size: 'compact-sm' }} />
  </Group>
);

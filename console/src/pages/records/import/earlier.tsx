import { Badge, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import type { RecordType } from '../../../api/catalogue.ts';
import { path } from '../../../api/client.ts';
import { importsQuery, usePlanImportRevert, useRevertImport } from '../../../api/imports.ts';
import { mayConfigure } from '../../../api/rights.ts';
import { saveFile } from '../../../api/save-file.ts';
import { useMe } from '../../../api/session.ts';
import type { ShownImport } from '../../../api/types.ts';
import { More } from '../../../components/more.tsx';
import { ProblemAlert } from '../../../components/problem-alert.tsx';
import { RevertButton } from '../../../components/revert-button.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../../components/stacking-table.tsx';
import { Time } from '../../../components/time.tsx';
import { count, counted } from '../../../components/words.ts';

const columns = ['Import', 'State', 'What became of its rows', 'By', 'What to do'] as const;
const [number, state, became, by, action] = columns;

const colors: Readonly<Record<ShownImport['state'], string>> = {
  receiving: 'blue',
  done: 'green',
  cut_short: 'orange',
  failed: 'red',
  reverted: 'gray',
};

/** What was imported before: what became of it, its rejected rows, and taking it back. */
export function Earlier({ type }: { type: RecordType }) {
  const query = useInfiniteQuery(importsQuery);
  const imports = (query.data?.pages ?? []).flatMap(({ items }) => items).filter((one) => one.type === type.key);
  if (imports.length === 0) return null;
  return (
    <Stack component="section" aria-labelledby="earlier" mt="xl" gap="xs">
      <Title order={2} size="h4" id="earlier">
        Earlier imports
      </Title>
      <StackingTable columns={columns} aria-labelledby="earlier">
        {imports.map((one) => (
          <StackingRow key={one.id}>
            <StackingCell of={number}>{count(one.number)}</StackingCell>
            <StackingCell of={state}>
              <Badge variant="light" color={colors[one.state]}>
                {one.state.replace('_', ' ')}
              </Badge>
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
  const of = reverts === null ? counted(received, 'row') : `A revert, of ${counted(received, 'change')}`;
  return parts.length === 0 ? of : `${of}: ${parts.join(', ')}`;
}

function Actions({ one }: { one: ShownImport }) {
  const save = useMutation({
    mutationFn: () =>
      saveFile(path`/v1/imports/${one.id}/rejected?spreadsheet=true`, 'text/csv', `import-${one.number}-rejected.csv`),
  });
  const plan = usePlanImportRevert(one.id);
  const revert = useRevertImport(one.id);
  const me = useMe();
  const mayRevert = mayConfigure(me) && one.reverts === null && (one.state === 'done' || one.state === 'cut_short');
  return (
    <>
      <Group gap="xs" wrap="nowrap">
        {one.counts.rejected > 0 && one.reverts === null && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Download size={14} aria-hidden />}
            loading={save.isPending}
            onClick={() => save.mutate()}
            aria-label={`Rejected rows of import ${count(one.number)} as CSV`}
          >
            Rejected rows
          </Button>
        )}
        {mayRevert && (
          <RevertButton
            what={`import ${count(one.number)}`}
            name={`Revert import ${count(one.number)}`}
            plan={plan}
            revert={revert}
            button={{ size: 'compact-sm' }}
          />
        )}
      </Group>
      {save.isError && <ProblemAlert fault={save.error} title="Not saved" />}
    </>
  );
}

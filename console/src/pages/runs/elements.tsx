import { Group, Stack, Text } from '@mantine/core';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { elementsQuery } from '../../api/runs.ts';
import type { ShownElement, ShownRun } from '../../api/types.ts';
import { Empty } from '../../components/empty.tsx';
import { More } from '../../components/more.tsx';
import { Select } from '../../components/select.tsx';
import { StackingTable } from '../../components/stacking-table.tsx';
import { count } from '../../components/words.ts';
import { ElementRow, elementColumns, mayBeReplayed } from './element-row.tsx';
import { useMayReplay } from './may-replay.ts';
import { ReplayAll } from './replay-all.tsx';
import { Unchanged } from './unchanged.tsx';

const choices = [
  { value: 'all', label: 'all that are kept' },
  { value: 'error', label: 'with an error' },
  ...['created', 'updated', 'revived', 'unchanged', 'rejected', 'superseded'].map((value) => ({ value, label: value })),
];

/** Of a set's elements those are kept that somebody may want to see again. */
export function Elements({ run, outcome }: { run: ShownRun; outcome: string }) {
  const query = useSuspenseInfiniteQuery(elementsQuery(run.id, outcome));
  const [, setParameters] = useSearchParams();
  const mayReplay = useMayReplay(run);
  const elements = query.data.pages.flatMap(({ items }) => items);
  const hasError = outcome === 'error';
  const isUnchanged = outcome === 'unchanged' && run.counts.unchanged > 0;
  return (
    <Stack>
      <Group align="end" justify="space-between">
        <Select
          label="Outcome"
          data={choices}
          value={choices.some(({ value }) => value === outcome) ? outcome : null}
          allowDeselect={false}
          onChange={(chosen) => setParameters({ outcome: chosen ?? 'all' }, { replace: true })}
        />
        {mayReplay && elements.some((element) => mayBeReplayed(element, hasError)) && <ReplayAll run={run} />}
      </Group>
      {elements.length > 0 && <List run={run} elements={elements} hasError={hasError} />}
      {elements.length > 0 && <More query={query} />}
      {isUnchanged && <Unchanged run={run} others={elements.length > 0} />}
      {elements.length === 0 && !isUnchanged && <None run={run} outcome={outcome} />}
      {!isUnchanged && (
        <Text size="sm" c="dimmed">
          Kept as they were sent are the elements that were refused, superseded or have an issue, and the first{' '}
          {count(10_000)} that changed something.
        </Text>
      )}
    </Stack>
  );
}

type Listed = { readonly run: ShownRun; readonly elements: readonly ShownElement[]; readonly hasError: boolean };

const List = ({ run, elements, hasError }: Listed) => (
  <StackingTable columns={elementColumns} aria-label="Elements">
    {elements.map((element) => (
      <ElementRow key={element.place} run={run} element={element} hasError={hasError} />
    ))}
  </StackingTable>
);

function None({ run, outcome }: { run: ShownRun; outcome: string }) {
  if (outcome === 'error') return <Empty title="No element has an error">Whatever was sent was taken.</Empty>;
  if (outcome !== 'all') return <Empty title={`No element was ${outcome}`}>Choose another outcome.</Empty>;
  return run.held?.whole ? (
    <Empty title="The set waits as a whole">Its elements are shown once somebody has decided on it.</Empty>
  ) : (
    <Empty title="No element is kept">None was refused, none has an issue, and none changed anything.</Empty>
  );
}

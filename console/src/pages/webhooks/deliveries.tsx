import { Anchor, Badge, Button, Code, Group, Stack, Text, Title } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { path } from '../../api/client.ts';
import { useNames, type Wanted } from '../../api/names.ts';
import type { ShownDelivery, ShownWebhook } from '../../api/types.ts';
import { useCatalogue } from '../../api/use-catalogue.ts';
import { deliveriesQuery, useReplayWebhook } from '../../api/webhooks.ts';
import { Empty } from '../../components/empty.tsx';
import { keyStyle } from '../../components/key-style.ts';
import { LongText } from '../../components/long-text.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Select } from '../../components/select.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../components/stacking-table.tsx';
import { Subject } from '../../components/subject.tsx';
import { Time } from '../../components/time.tsx';
import { Wide } from '../../components/wide.tsx';

const colors = { delivered: 'green', failing: 'orange', waiting: 'blue' } as const;

/** What became of each event, the last ones first. */
export function Deliveries({ webhook }: { webhook: ShownWebhook }) {
  const [parameters, setParameters] = useSearchParams();
  const state = parameters.get('state') ?? '';
  const { data } = useSuspenseQuery(deliveriesQuery(String(webhook.id), state));
  const replay = useReplayWebhook(webhook.id);
  const names = useNames(recordsOf(data.items));
  return (
    <Stack>
      <Group justify="space-between" align="end">
        <Title order={2} size="h4">
          Deliveries
        </Title>
        <Select
          label="State"
          placeholder="all"
          clearable
          data={Object.keys(colors)}
          value={state === '' ? null : state}
          onChange={(wanted) => setParameters(wanted ? { state: wanted } : {}, { replace: true })}
        />
      </Group>
      {replay.isError && <ProblemAlert fault={replay.error} title="It will not be delivered again" />}
      {data.items.length === 0 ? (
        <Empty title={state === '' ? 'Nothing was delivered yet' : 'None of these'}>
          Each change that the webhook is told of has its line here for some days: what was answered, and how often it
          was tried.
        </Empty>
      ) : (
        <Wide>
          <StackingTable columns={Object.values(column)} numbers={[column.attempts]} fz="sm" aria-label="Deliveries">
            {data.items.map((delivery) => (
              <Row
                key={delivery.id}
                delivery={delivery}
                names={names}
                isReplaying={replay.isPending && replay.variables?.delivery === delivery.id}
                again={() => replay.mutate({ delivery: delivery.id })}
              />
            ))}
          </StackingTable>
        </Wide>
      )}
    </Stack>
  );
}

const column = {
  event: 'Event',
  told: 'Of',
  state: 'State',
  attempts: 'Attempts',
  answer: 'Last answer',
  tried: 'Last tried',
  action: 'What to do',
} as const;

/** By type, and once each: a list that is looked at again asks for no name that it knows. */
function recordsOf(deliveries: readonly ShownDelivery[]): Wanted[] {
  const ids = new Map<string, Set<string>>();
  for (const { change } of deliveries)
    for (const one of [change?.record, change?.link?.left, change?.link?.right])
      if (one) ids.set(one.type, (ids.get(one.type) ?? new Set()).add(one.id));
  return [...ids].map(([type, of]) => ({ type, ids: [...of] }));
}

type Shown = {
  delivery: ShownDelivery;
  names: ReadonlyMap<string, string>;
  isReplaying: boolean;
  again: () => void;
};

const Row = ({ delivery, names, isReplaying, again }: Shown) => (
  <StackingRow>
    <StackingCell of={column.event} style={keyStyle(delivery.event)}>
      {delivery.event}
      <Text size="xs" c="dimmed">
        {delivery.id}
      </Text>
    </StackingCell>
    <StackingCell of={column.told} className="long" room={150}>
      {delivery.change === null ? <NotKept /> : <Told change={delivery.change} names={names} />}
    </StackingCell>
    <StackingCell of={column.state}>
      <Badge variant="light" color={colors[delivery.state]}>
        {delivery.state}
      </Badge>
    </StackingCell>
    <StackingCell of={column.attempts} isNumber>
      {delivery.attempts}
    </StackingCell>
    <StackingCell of={column.answer} className="long" room={140}>
      {delivery.status}{' '}
      {delivery.answer && (
        <Code>
          <LongText text={delivery.answer} most={mostOfAnswer} />
        </Code>
      )}
      {delivery.failure !== null && <Text size="sm">{delivery.failure}</Text>}
    </StackingCell>
    <StackingCell of={column.tried}>
      {delivery.attempted_at !== null && <Time at={delivery.attempted_at} />}
    </StackingCell>
    <StackingCell of={column.action} isPlain>
      <Button
        size="compact-sm"
        variant="subtle"
        loading={isReplaying}
        onClick={again}
        aria-label={`Replay ${delivery.id}`}
      >
        Replay
      </Button>
    </StackingCell>
  </StackingRow>
);

const NotKept = () => (
  <Text size="sm" c="dimmed">
    no longer kept
  </Text>
);

/** Which record, link or run, and what of it is another now. */
function Told({ change, names }: { change: NonNullable<ShownDelivery['change']>; names: ReadonlyMap<string, string> }) {
  const catalogue = useCatalogue();
  const { record, interface: endpoint, run, changed } = change;
  if (endpoint !== null) {
    const to = run === null ? path`/interfaces/${endpoint}` : path`/runs/${run}`;
    return (
      <Anchor component={Link} size="sm" to={to}>
        {run === null ? endpoint : `run ${run} of ${endpoint}`}
      </Anchor>
    );
  }
  const labels = new Map(catalogue.get(record?.type ?? '')?.fields.map(({ key, label }) => [key, label]));
  const shown = changed.slice(0, mostChanged).map((name) => labels.get(name) ?? name);
  return (
    <>
      <Subject item={change} catalogue={catalogue} names={names} />
      {shown.length > 0 && change.kind !== 'deleted' && (
        <Text size="sm" c="dimmed">
          {shown.join(', ')}
          {changed.length > mostChanged && ` and ${changed.length - mostChanged} more`}
        </Text>
      )}
    </>
  );
}

const mostChanged = 5;

/** Of what a receiver says: it may be a whole page. */
const mostOfAnswer = 80;

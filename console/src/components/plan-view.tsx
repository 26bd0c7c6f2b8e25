import { Anchor, Badge, Group, List, ScrollArea, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { type Catalogue, type Field, labelOf, labelOfLink } from '../api/catalogue.ts';
import { path } from '../api/client.ts';
import type { ShownPlan } from '../api/types.ts';
import { useCatalogue } from '../api/use-catalogue.ts';
import { ChangedValue } from './changed-values.tsx';
import { keyStyle } from './key-style.ts';
import { StackingCell, StackingRow, StackingTable } from './stacking-table.tsx';
import { Value } from './value.tsx';
import { count, counted } from './words.ts';

type Item = ShownPlan['items'][number];
type PlannedLink = NonNullable<Item['link']>;

const colors: Readonly<Record<string, string>> = {
  create: 'green',
  update: 'blue',
  revive: 'cyan',
  delete: 'red',
  reject: 'red',
  hold: 'orange',
};
const mostShown = 200;

/** What a write would do: how much of each, what of it would do nothing, and each thing with its old and new values. */
export function PlanView({ plan }: { plan: ShownPlan }) {
  const catalogue = useCatalogue();
  const actions = Object.entries(plan.actions).filter(([, number]) => number > 0);
  return (
    <Stack gap="sm">
      {actions.length === 0 ? (
        <Text>Nothing would change.</Text>
      ) : (
        <Group gap="xs">
          {actions.map(([action, number]) => (
            <Badge key={action} size="lg" variant="light" color={colors[action] ?? 'gray'}>
              {action}: {count(number)}
            </Badge>
          ))}
        </Group>
      )}
      <Beside plan={plan} />
      {plan.items.length > 0 && (
        <ScrollArea.Autosize mah={420} type="auto" viewportProps={{ tabIndex: 0 }}>
          <StackingTable columns={columns} aria-label="What would be done">
            {issuesFirst(plan.items)
              .slice(0, mostShown)
              .map((item, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a plan does not change
                <ItemRow key={index} item={item} catalogue={catalogue} />
              ))}
          </StackingTable>
          {plan.items_total > mostShown && (
            <Text size="sm" c="dimmed" p="xs">
              and {counted(plan.items_total - mostShown, 'more', 'more')}
            </Text>
          )}
        </ScrollArea.Autosize>
      )}
    </Stack>
  );
}

/** What is wrong is what one looks for. */
const issuesFirst = (items: readonly Item[]): Item[] =>
  items.toSorted((a, b) => Number(b.issues.length > 0) - Number(a.issues.length > 0));

/** What has no item of its own: with the items it is all that was received. */
function Beside({ plan }: { plan: ShownPlan }) {
  const { received, unchanged, superseded } = plan.counts;
  const issues = issuesOf(plan);
  const of = plan.kind === 'import' ? 'row' : plan.kind === 'revert' ? 'change' : 'element';
  return (
    <Text size="sm" c="dimmed">
      Of {counted(received, of)} {count(unchanged)} unchanged, {count(superseded)} superseded.{' '}
      {issues !== undefined && plan.run !== null && issues > 0 ? (
        <Anchor component={Link} size="sm" underline="always" to={`${path`/runs/${plan.run.id}`}?tab=issues`}>
          {counted(issues, 'issue')}
        </Anchor>
      ) : (
        issues !== undefined && counted(issues, 'issue')
      )}
      {issues !== undefined && '.'}
    </Text>
  );
}

/** A planned set is kept as a run, with its issues; other plans have them in their items, as long as these are all here. */
function issuesOf({ run, items, items_total }: ShownPlan): number | undefined {
  if (run !== null) return run.issues;
  return items.length === items_total ? items.reduce((sum, item) => sum + item.issues.length, 0) : undefined;
}

const columns = ['Action', 'Key', 'What would change'] as const;

const ItemRow = ({ item, catalogue }: { item: Item; catalogue: Catalogue }) => (
  <StackingRow>
    <StackingCell of={columns[0]}>
      <Badge variant="light" color={colors[item.action] ?? 'gray'}>
        {item.action}
      </Badge>
    </StackingCell>
    <StackingCell of={columns[1]} style={keyStyle(item.key)}>
      {item.key ?? item.record?.number}
    </StackingCell>
    <StackingCell of={columns[2]} className="long" isPlain>
      {item.link !== null && <LinkChange link={item.link} catalogue={catalogue} />}
      {item.fields.map(({ field: key, before, after }) => {
        const field = catalogue.get(item.type)?.fields.find((one) => one.key === key);
        return (
          <Text component="div" size="sm" key={key}>
            {field?.label ?? labelOf(key)}: {item.action !== 'create' && <Planned field={field} value={before} />}
            {item.action !== 'create' && ' → '}
            <Planned field={field} value={after} />
          </Text>
        );
      })}
      {item.issues.length > 0 && (
        <List size="sm">
          {item.issues.map(({ message, code, member }) => (
            <List.Item key={`${code} ${member}`}>{message}</List.Item>
          ))}
        </List>
      )}
    </StackingCell>
  </StackingRow>
);

/** A lookup leads to a record that may be yet to be made: it is called by its key. */
const Planned = ({ field, value }: { field: Field | undefined; value: unknown }) =>
  field?.type === 'lookup' && value !== null ? (
    <Value value={nameOf(value as PlannedLink['left'])} />
  ) : (
    <ChangedValue field={field} value={value} names={noNames} />
  );

const noNames: ReadonlyMap<string, string> = new Map();

const nameOf = ({ key, number }: PlannedLink['left']): string => key ?? `#${number}`;

const LinkChange = ({ link, catalogue }: { link: PlannedLink; catalogue: Catalogue }) => (
  <Text size="sm">
    {labelOfLink(catalogue, link)}: {nameOf(link.left)} to {nameOf(link.right)}
    {rolesIn(link)}
  </Text>
);

function rolesIn({ before, after }: PlannedLink): string {
  const [old, now] = [before?.role ?? null, (after ?? before)?.role ?? null];
  if (before !== null && old !== now) return ` as ${old ?? 'no role'} → ${now ?? 'no role'}`;
  return now === null ? '' : ` as ${now}`;
}

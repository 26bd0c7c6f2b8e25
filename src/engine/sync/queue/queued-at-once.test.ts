// Sets of one interface that come so close to each other that neither is there yet when the other looks.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../../test/fresh-hub.ts';
import { setOf } from '../../../../test/set-of.ts';
import { slowSet } from '../../../../test/slow-set.ts';
import { lastRuns, query } from '../../../../test/steps.ts';
import type { SetElement, SetSource } from '../../../model/commands.ts';
import type { RunView } from '../../../model/runs.ts';
import type { Hub } from '../../hub.ts';

let fresh: FreshHub;
let second: Hub;
beforeAll(async () => {
  fresh = await freshHub();
  second = fresh.secondHub();
  // Whoever enters the queue takes its time to commit.
  await query(
    fresh.databaseUrl,
    'create function dawdle() returns trigger language plpgsql as $$ begin perform pg_sleep(0.3); return null; end $$',
  );
  await query(
    fresh.databaseUrl,
    `create constraint trigger dawdle after update on run deferrable initially deferred
     for each row when (old.state = 'received' and new.state = 'queued') execute function dawdle()`,
  );
});
afterAll(() => fresh.close());

const element = (id: string, name = id): SetElement => ({
  key: id,
  path: `[${id}]`,
  members: [{ name: 'name', kind: 'field', field: 'name', value: name }],
});

async function send(hub: Hub, open: () => SetSource): Promise<RunView> {
  const outcome = await hub.sync(fresh.admin, 'myendpoint', open, { waitMs: 120_000 });
  if (outcome.kind !== 'done') throw new Error(outcome.kind);
  return outcome.run;
}

const states = async (limit: number) =>
  (await lastRuns(fresh.hub, fresh.admin, 'myendpoint', limit)).map(({ state }) => state);

const inPart = (name: string) => ({ ...setOf([element(`of ${name}`, name)])(), scope: { name } });

/** Both are in the queue before the set at work ends. */
async function sendBoth(...sets: readonly (() => SetSource)[]): Promise<{ waiting: string[]; ended: string[] }> {
  const first = slowSet([]);
  const atWork = send(fresh.hub, first.open);
  await first.begun;
  const before = (await states(100)).length;
  const sent = sets.map((open, index) => send(index % 2 === 0 ? fresh.hub : second, open));
  const come = async () => {
    const all = await states(100);
    return { more: all.length - before, received: all.filter((state) => state === 'received').length };
  };
  await expect.poll(come).toEqual({ more: sets.length, received: 1 });
  const waiting = (await states(2)).sort();
  first.end();
  await atWork;
  return { waiting, ended: (await Promise.all(sent)).map(({ state }) => state).sort() };
}

it('the newer one takes the place of the older one while both wait', async () => {
  const { waiting, ended } = await sendBoth(setOf([element('A')]), setOf([element('B')]));
  expect(waiting).toEqual(['queued', 'superseded']);
  expect(ended).toEqual(['applied', 'superseded']);
});

it('those of two parts both wait, and are both applied', async () => {
  const { waiting, ended } = await sendBoth(
    () => inPart('east'),
    () => inPart('west'),
  );
  expect(waiting).toEqual(['queued', 'queued']);
  expect(ended).toEqual(['applied', 'applied']);
});

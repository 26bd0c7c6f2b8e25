import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../../test/fresh-hub.ts';
import { setOf } from '../../../../test/set-of.ts';
import { slowSet } from '../../../../test/slow-set.ts';
import { amend, merged, query } from '../../../../test/steps.ts';
import type { SchemaDocument } from '../../../model/schema.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, { interfaces: { going: { name: 'Going', type: 'element' } } }),
  );
});
afterAll(() => fresh.close());

it('fails what waits, and what is being received, when an interface is removed', async () => {
  const element = (key: string) => ({ key, path: `[${key}]`, members: [] });
  const slow = slowSet([element('A')]);
  const receiving = fresh.hub.sync(fresh.admin, 'going', slow.open);
  receiving.catch(() => {});
  await slow.begun;
  const queued = await fresh.hub.sync(fresh.admin, 'going', setOf([element('B')]), { waitMs: 1 });
  expect(queued).toMatchObject({ kind: 'done', run: { state: 'queued' } });
  const without = ({ interfaces: { going: _going, ...interfaces } = {}, ...current }: SchemaDocument) => ({
    ...current,
    interfaces,
  });
  const refused = await fresh.hub.applySchema(fresh.admin, without, { allowLoss: false });
  expect(refused.kind).not.toBe('applied');
  expect(JSON.stringify(refused)).toContain('1 set of going that waits to be applied and then fails');
  await amend(fresh.hub, fresh.admin, without, true);
  slow.end();
  await receiving.catch(() => {});
  const states = () =>
    query<{ state: string }>(
      fresh.databaseUrl,
      `select state, counts ->> 'created' as created from run where received_at > now() - interval '1 minute' order by run`,
    );
  await expect.poll(states).toEqual([
    { state: 'failed', created: '0' },
    { state: 'failed', created: '0' },
  ]);
  const parts = await query(fresh.databaseUrl, 'select 1 from queued_part');
  expect(parts).toEqual([]);
});

it('lets go of its records when an interface comes to provide: nothing that a run of it held is deleted', async () => {
  const turn = (direction: 'synchronising' | 'providing', allowLoss = false) =>
    amend(
      fresh.hub,
      fresh.admin,
      (current) =>
        merged(current, {
          types: { valve: { owner: 'external', fields: { size: { type: 'integer', owner: 'external' } } } },
          interfaces: { turning: { name: 'Turning', type: 'valve', direction, guard: { deletes: 0 } } },
        }),
      allowLoss,
    );
  const send = async (...keys: string[]) => {
    const elements = keys.map((one, at) => ({
      key: one,
      path: `[${at}]`,
      members: [{ name: 'size', kind: 'field' as const, field: 'size', value: 1 }],
    }));
    const outcome = await fresh.hub.sync(fresh.admin, 'turning', setOf(elements));
    if (outcome.kind !== 'done') throw new Error(outcome.kind);
    return outcome.run;
  };
  await turn('synchronising');
  await send('V1', 'V2');
  const held = await send('V1');
  expect(held.state).toBe('held');
  await turn('providing', true);
  expect(await fresh.hub.approveHeld(fresh.admin, held.id, 1)).toMatchObject({ kind: 'refused' });
  await turn('synchronising');
  expect((await send('V1')).counts).toMatchObject({ deleted: 0 });
});

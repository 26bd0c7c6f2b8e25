import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import { setOf } from '../../../test/set-of.ts';
import { slowSet } from '../../../test/slow-set.ts';
import { amend, merged, query } from '../../../test/steps.ts';
import type { SchemaDocument } from '../../model/schema.ts';

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

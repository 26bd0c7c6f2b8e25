// An element that names its record by a former key is applied to that record, and its sender is told each time.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../../test/fresh-hub.ts';
import { issuesOf } from '../../../../test/issues-of.ts';
import { setOf } from '../../../../test/set-of.ts';
import { amend, key, merged, query, recordOf } from '../../../../test/steps.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      types: { pump: { owner: 'external', fields: { size: { type: 'integer', owner: 'external' } } } },
      interfaces: { pumps: { name: 'Pumps', type: 'pump' } },
    }),
  );
});
afterAll(() => fresh.close());

async function send(sizes: Record<string, number>) {
  const elements = Object.entries(sizes).map(([id, size], place) => ({
    key: id,
    path: `[${place}]`,
    members: [{ name: 'size', kind: 'field' as const, field: 'size', value: size }],
  }));
  const outcome = await fresh.hub.sync(fresh.admin, 'pumps', setOf(elements));
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  return { run: outcome.run, issues: await issuesOf(fresh.hub, fresh.admin, outcome.run.id) };
}

it('is a warning that names the key as it is now', async () => {
  await send({ 'P-now': 1, 'P-other': 1 });
  const { number } = recordOf(await fresh.hub.find(fresh.admin, 'pump', key('P-now')));
  await query(
    fresh.databaseUrl,
    `with given as (
       insert into record_alias select workspace_id, type, 1, 'P-before', number from record where number = $1 returning workspace_id)
     update workspace_schema s set version = s.version + 1, ids = jsonb_set(ids::jsonb, '{types,pump,aliased}', 'true')::json
     from given where s.workspace_id = given.workspace_id`,
    [number],
  );
  for (const size of [2, 2]) {
    const { run, issues } = await send({ 'P-before': size, 'P-other': 1 });
    expect(run).toMatchObject({ state: 'partial', counts: { received: 2, deleted: 0, created: 0 } });
    expect(issues).toMatchObject([
      { severity: 'warning', code: 'former_key', key: 'P-before', record: { number }, member: null, place: 0 },
    ]);
    expect(issues[0]?.message).toBe('P-before is a former key of Pump P-now: the element was applied to that record.');
    expect(issues[0]?.remedy).toContain('as it is now');
  }
  expect(recordOf(await fresh.hub.find(fresh.admin, 'pump', key('P-now'))).fields.size).toBe(2);
  expect((await send({ 'P-now': 2, 'P-other': 1 })).issues).toEqual([]);
});

// Issue 4, point 11: whoever comes first, one key names one record, through however many servers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import { setOf } from '../../../test/set-of.ts';
import { codesOf, key, query, recordOf } from '../../../test/steps.ts';
import { byNumber } from '../../model/ref.ts';
import type { Hub } from '../hub.ts';

let fresh: FreshHub;
let hubs: readonly [Hub, Hub];
beforeAll(async () => {
  fresh = await freshHub();
  hubs = [fresh.hub, fresh.secondHub()];
});
afterAll(() => fresh.close());

const make = async (name: string, hub = fresh.hub) =>
  recordOf(await hub.upsert(fresh.admin, { type: 'contact', ref: key(name), mode: 'upsert', fields: {} }));
const find = (name: string, hub = fresh.hub) => hub.find(fresh.admin, 'contact', key(name));
const rename = (hub: Hub, from: string, to: string) =>
  hub.upsert(fresh.admin, {
    type: 'contact',
    ref: key(from),
    mode: 'update',
    fields: { external_id: to },
    keepAliases: true,
  });

describe('two servers', () => {
  it('rename one record at once: both names that it had find it, and it has the last one', async () => {
    for (let round = 0; round < 5; round++) {
      const { number } = await make(`A${round}`);
      const outcomes = await Promise.all(hubs.map((hub, index) => rename(hub, `A${round}`, `A${round}-${index}`)));
      expect(outcomes.map(({ kind }) => kind)).toEqual(['updated', 'updated']);
      for (const name of [`A${round}`, `A${round}-0`, `A${round}-1`])
        for (const hub of hubs) expect(recordOf(await find(name, hub)).number).toBe(number);
    }
  });

  it('give one name to two records at once: one gets it', async () => {
    for (let round = 0; round < 5; round++) {
      await make(`B${round}-0`);
      await make(`B${round}-1`);
      const outcomes = await Promise.all(hubs.map((hub, index) => rename(hub, `B${round}-${index}`, `B${round}`)));
      expect(outcomes.flatMap(codesOf).sort()).toEqual(['key_taken', 'updated']);
    }
  });

  it('merge a record and write by its key at once: one record has the key, and nothing is lost', async () => {
    for (let round = 0; round < 10; round++) {
      const survivor = await make(`C${round}`);
      await make(`D${round}`);
      const command = { type: 'contact', ref: key(`C${round}`), from: key(`D${round}`), fields: 'survivor' as const };
      const [merged, written] = await Promise.all([
        hubs[0].merge(fresh.admin, command, { plan: false }),
        hubs[1].upsert(fresh.admin, { type: 'contact', ref: key(`D${round}`), mode: 'upsert', fields: { name: 'x' } }),
      ]);
      expect([merged.kind, written.kind]).toEqual(['merged', 'updated']);
      for (const hub of hubs) expect(recordOf(await find(`D${round}`, hub)).number).toBe(survivor.number);
      expect(recordOf(await find(`C${round}`)).fields.name).toBe('x');
    }
  });

  it('merge two records into each other at once: one of them stays', async () => {
    for (let round = 0; round < 5; round++) {
      const pair = [await make(`E${round}`), await make(`F${round}`)];
      const merge = (hub: Hub, index: number) =>
        hub.merge(
          fresh.admin,
          {
            type: 'contact',
            ref: byNumber(pair[index]?.number ?? 0),
            from: byNumber(pair[1 - index]?.number ?? 0),
            fields: 'survivor',
          },
          { plan: false },
        );
      const outcomes = await Promise.all(hubs.map(merge));
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['merged', 'rejected']);
      expect(recordOf(await find(`E${round}`)).number).toBe(recordOf(await find(`F${round}`)).number);
    }
  });

  it('keep no former key that a record has again', async () => {
    const [{ count } = { count: -1 }] = await query<{ count: number }>(
      fresh.databaseUrl,
      `select count(*)::int as count from record_alias a join record r
       on r.workspace_id = a.workspace_id and r.type = a.type and r.external_id = a.value and a.field = 1`,
    );
    expect(count).toBe(0);
  });
});

describe('a complete set', () => {
  const send = async (...keys: string[]) => {
    const elements = keys.map((one, place) => ({ key: one, path: `E[${place}]`, members: [] }));
    const done = await fresh.hub.sync(fresh.admin, 'myendpoint', setOf(elements));
    if (done.kind !== 'done') throw new Error(done.kind);
    return done.run.counts;
  };
  const element = async (name: string) => recordOf(await fresh.hub.find(fresh.admin, 'element', key(name)));

  it('that names a record by its former key supplies it, and goes by its hash again', async () => {
    await send('K1', 'K2');
    const { number } = await element('K1');
    await query(fresh.databaseUrl, `update record set external_id = 'K1-new' where number = $1 returning number`, [
      number,
    ]);
    await query(
      fresh.databaseUrl,
      `insert into record_alias select workspace_id, type, 1, 'K1', number from record where number = $1 returning number`,
      [number],
    );
    await query(
      fresh.databaseUrl,
      `update workspace_schema s set version = s.version + 1, ids = jsonb_set(ids::jsonb, '{types,element,aliased}', 'true')::json
       from record r where r.number = $1 and r.workspace_id = s.workspace_id returning s.version`,
      [number],
    );
    await new Promise((resolve) => setTimeout(resolve, 300)); // as long as a server may read by the old schema
    expect(await send('K1', 'K2')).toMatchObject({ unchanged: 2, deleted: 0 });
    expect(await send('K1', 'K2')).toMatchObject({ unchanged: 2, deleted: 0 });
    expect(await send('K1-new', 'K1', 'K2')).toMatchObject({ unchanged: 2, superseded: 1, deleted: 0 });
  });
});

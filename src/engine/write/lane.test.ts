import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import { untilOneWaits } from '../../../test/lock-waits.ts';
import { byKey } from '../../model/ref.ts';

describe('single writes beside a transaction that holds a record', () => {
  let fresh: FreshHub;
  let other: pg.Client;

  beforeAll(async () => {
    fresh = await freshHub();
    other = new pg.Client({ connectionString: fresh.databaseUrl });
    await other.connect();
  });
  afterAll(async () => {
    await other.end();
    await fresh.close();
  });

  const upsert = (key: string, name: string) =>
    fresh.hub.upsert(fresh.admin, {
      type: 'contact',
      ref: byKey('external_id', key),
      mode: 'upsert',
      fields: { name },
    });

  it('wait for it only when they are about that record, and then succeed', async () => {
    await Promise.all(['held', 'free-1', 'free-2'].map((key) => upsert(key, 'before')));
    await other.query('begin');
    await other.query("select 1 from record where external_id = 'held' for update");
    let heldIsDone = false;
    const waiting = upsert('held', 'after').then((outcome) => {
      heldIsDone = true;
      return outcome.kind;
    });
    // All of these share their batches with the command that has to wait, or come behind it: it is let go after them.
    const rest = await Promise.all([upsert('free-1', 'after'), upsert('free-2', 'after'), upsert('new', 'after')]);
    for (let round = 0; round < 5; round++) expect((await upsert('free-1', `${round}`)).kind).toBe('updated');
    expect(rest.map((outcome) => outcome.kind)).toEqual(['updated', 'updated', 'created']);
    expect(heldIsDone).toBe(false);
    await other.query('commit');
    expect(await waiting).toBe('updated');
  });

  it('leave the rest of the hub its connections, however many wait', async () => {
    await other.query('begin');
    await other.query("select 1 from record where external_id = 'held' for update");
    let done = 0;
    const one = async (index: number): Promise<string> => {
      const { kind } = await upsert('held', `${index}`);
      done++;
      return kind;
    };
    const waiting = Promise.all(Array.from({ length: 60 }, (_, index) => one(index)));
    expect((await upsert('free-2', 'beside many')).kind).toBe('updated');
    const found = await fresh.hub.find(fresh.admin, 'contact', byKey('external_id', 'free-2'));
    expect(found.kind).toBe('found');
    expect(done).toBe(0);
    await other.query('commit');
    expect(new Set(await waiting)).toEqual(new Set(['updated']));
  });

  it('that turn out to have changed nothing take no place in the feed', async () => {
    await fresh.hub.upsert(fresh.admin, {
      type: 'claim',
      ref: byKey('external_id', 'linked'),
      mode: 'upsert',
      fields: {},
    });
    const pair = {
      from: { type: 'claim', ref: byKey('external_id', 'linked') },
      link: 'contacts',
      to: { ref: byKey('external_id', 'free-1') },
    };
    expect((await fresh.hub.link(fresh.admin, pair)).kind).toBe('created');
    const batches = async () =>
      (await other.query('select batch from commit order by commit')).rows.map((row) => row.batch);
    const before = await batches();
    await other.query('begin');
    await other.query('delete from link where left_number = (select number from record where external_id = $1)', [
      'linked',
    ]);
    const unlinking = fresh.hub.unlink(fresh.admin, { ...pair, which: 'all' });
    await untilOneWaits(fresh.databaseUrl); // it has read the link, and waits to delete it
    await other.query('commit');
    expect((await unlinking).kind).toBe('unlinked');
    expect(await batches()).toEqual(before);
  });

  it('wait for a key that another transaction is about to take, and then find its record', async () => {
    await other.query('begin');
    await other.query(
      `insert into record (workspace_id, type, external_id, data, version, created_at, updated_at, created_by, updated_by)
       select workspace_id, type, 'taken', '{}', 1, now(), now(), created_by, updated_by from record where external_id = 'held'`,
    );
    const waiting = upsert('taken', 'mine');
    await untilOneWaits(fresh.databaseUrl);
    expect((await upsert('free-2', 'meanwhile')).kind).toBe('updated');
    await other.query('commit');
    expect((await waiting).kind).toBe('updated');
  });
});

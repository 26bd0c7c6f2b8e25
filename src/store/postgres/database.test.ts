import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/fresh-database.ts';
import { type Database, DatabaseUnavailable, isRaceLost, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';

describe('a transaction whose statements are sent without waiting', () => {
  let fresh: FreshDatabase;
  let database: Database;
  let observer: pg.Client;

  beforeAll(async () => {
    fresh = await freshDatabase();
    await migrate({ connectionString: fresh.url });
    observer = new pg.Client({ connectionString: fresh.url });
    await observer.connect();
    await observer.query('create table noted (name text primary key)');
    await observer.query('grant all on noted to keyway_app');
    database = openDatabase({ connection: { connectionString: fresh.url } });
  });
  afterAll(async () => {
    await database.close();
    await observer.end();
    await fresh.drop();
  });

  const note = 'insert into noted (name) values ($1)';
  const noted = async (): Promise<string[]> =>
    (await observer.query('select name from noted order by name')).rows.map((row) => row.name);

  it('is committed with all of them', async () => {
    await database.global(async (tx) => {
      tx.send(note, ['a']);
      tx.send(note, ['b']);
    });
    expect(await noted()).toEqual(['a', 'b']);
  });

  it('fails with the failure of one of them, and leaves nothing', async () => {
    const failure = await database
      .global(async (tx) => {
        tx.send(note, ['c']);
        tx.send(note, ['a']);
        tx.send(note, ['d']);
      })
      .catch((error) => error);
    expect(isRaceLost(failure)).toBe(true);
    expect(await noted()).toEqual(['a', 'b']);
  });

  it('tells the failure that came first, when a later statement is waited for', async () => {
    const failure = await database
      .global(async (tx) => {
        tx.send(note, ['a']);
        await tx.query('select 1');
      })
      .catch((error) => error);
    expect(isRaceLost(failure)).toBe(true);
  });

  it('tells the failure that came first, when it was of a statement that is waited for later', async () => {
    const failure = await database
      .global(async (tx) => {
        const ahead = tx.query(note, ['a']);
        ahead.catch(() => {});
        await new Promise((resolve) => setImmediate(resolve)); // what follows is sent behind it, and answered by itself
        await tx.query('select 1 as one');
        await ahead;
      })
      .catch((error: unknown) => error);
    expect(isRaceLost(failure)).toBe(true);
  });

  it('does not pretend to be committed when a failure was swallowed', async () => {
    const done = database.global(async (tx) => {
      await tx.query(note, ['e']);
      await tx.query(note, ['a']).catch(() => {});
    });
    await expect(done).rejects.toThrow('was not passed on');
    expect(await noted()).toEqual(['a', 'b']);
  });

  it('undoes a part whole, whatever parts of it were done or undone before', async () => {
    await database.global(async (tx) => {
      const part = tx.attempt(async () => {
        tx.send(note, ['f']);
        await tx.attempt(async () => tx.send(note, ['g']));
        await tx.attempt(async () => tx.query(note, ['a'])).catch(() => {});
        throw new Error('not to be');
      });
      await expect(part).rejects.toThrow('not to be');
    });
    expect(await noted()).toEqual(['a', 'b']);
  });

  it('runs nothing behind a statement that failed, not even what a rollback leaves', async () => {
    await observer.query('create sequence counted');
    await observer.query('grant all on counted to keyway_app');
    const done = database.global(async (tx) => {
      tx.send(note, ['a']);
      await tx.query("select nextval('counted')");
    });
    await expect(done).rejects.toThrow('duplicate key');
    expect((await observer.query("select nextval('counted') as next")).rows[0].next).toBe(1);
  });

  it('leaves behind a failure no name that only seems to be prepared', async () => {
    const single = openDatabase({ connection: { connectionString: fresh.url }, maxConnections: 1 });
    const named = { name: 'behind', text: 'select name from noted where name = $1' };
    const failing = single.global(async (tx) => {
      tx.send(note, ['a']);
      await tx.query(named, ['a']);
    });
    await expect(failing).rejects.toThrow('duplicate key');
    expect(await single.global(async (tx) => tx.query(named, ['a']))).toEqual([{ name: 'a' }]);
    await single.close();
  });

  it('tells the failure that came first, when a statement is named that was to be prepared behind it', async () => {
    const named = { name: 'never_prepared', text: 'select name from noted where name = $1' };
    const failure = await database
      .global(async (tx) => {
        tx.send(note, ['a']);
        tx.send(named, ['a']);
        await new Promise((resolve) => process.nextTick(resolve)); // sent, and not answered
        await tx.query(named, ['b']);
      })
      .catch((error) => error);
    expect(isRaceLost(failure)).toBe(true);
  });

  it('refuses two statements of one name, which would run the first for the second', async () => {
    const done = database.global(async (tx) => {
      await tx.query({ name: 'twice', text: 'select 1' });
      await tx.query({ name: 'twice', text: 'select 2' });
    });
    await expect(done).rejects.toThrow('named twice');
    const together = database.global(async (tx) => {
      tx.send({ name: 'at_once', text: 'select 1' });
      await tx.query({ name: 'at_once', text: 'select 2' });
    });
    await expect(together).rejects.toThrow('named at_once');
  });

  it('reads times, numbers, lists and JSON, and rows that have none of them', async () => {
    const [row] = await database.global((tx) =>
      tx.query(
        `select 2::bigint as n, '{"a": [1]}'::jsonb as j, array[1, 2] as l, null::text as t, timestamptz '2026-11-22 05:00:00.5Z' as at`,
      ),
    );
    expect(row).toEqual({ n: 2, j: { a: [1] }, l: [1, 2], t: null, at: new Date('2026-11-22T05:00:00.500Z') });
    expect(await database.global((tx) => tx.query('select 1 as one where false'))).toEqual([]);
  });

  it('sends nothing of a work that threw before its turn was over', async () => {
    const single = openDatabase({ connection: { connectionString: fresh.url }, maxConnections: 1 });
    const thrown = single.global(async (tx) => {
      tx.send(note, ['thrown']);
      throw new Error('not to be');
    });
    await expect(thrown).rejects.toThrow('not to be');
    await single.global(async (tx) => tx.send(note, ['h']));
    expect(await noted()).toEqual(['a', 'b', 'h']);
    await observer.query("delete from noted where name = 'h'");
    await single.close();
  });

  it('fails as one without a database, and with nothing else, when its connection is cut at any moment', async () => {
    const cut = openDatabase({ connection: { connectionString: fresh.url }, maxConnections: 5 });
    const faults: unknown[] = [];
    const note = (fault: unknown): void => void faults.push(fault);
    process.on('uncaughtException', note);
    for (let round = 0; round < 60; round++) {
      const working = Array.from({ length: 20 }, () => cut.global((tx) => tx.query('select 1')).catch(note));
      await new Promise((resolve) => setTimeout(resolve, round % 15)); // also while connections are made
      await observer.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'keyway' and datname = current_database()",
      );
      await Promise.all(working);
    }
    process.off('uncaughtException', note);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.filter((fault) => !(fault instanceof DatabaseUnavailable))).toEqual([]);
    await cut.close();
  });

  it('leaves its connection fit for the next one', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `n${index}`);
    await Promise.all(names.map((name) => database.global(async (tx) => tx.send(note, [name]))));
    expect(await noted()).toHaveLength(32);
  });
});

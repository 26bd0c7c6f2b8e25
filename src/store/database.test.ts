import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/fresh-database.ts';
import { type Database, isRaceLost, openDatabase } from './database.ts';
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

  it('leaves its connection fit for the next one', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `n${index}`);
    await Promise.all(names.map((name) => database.global(async (tx) => tx.send(note, [name]))));
    expect(await noted()).toHaveLength(32);
  });
});

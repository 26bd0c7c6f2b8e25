import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHotCalls, sendSets } from '../bench/plans/calls.ts';
import { type Explained, explainAll } from '../bench/plans/explain.ts';
import { recordStatements } from '../bench/plans/record.ts';
import { native } from '../src/dialects/native/index.ts';
import { type FreshServer, freshServer } from './fresh-server.ts';
import { query } from './steps.ts';

/** `npm run bench -- plans` asks the same with a million records stored, and executes what it explains. */
describe('every statement of a frequent or large call', () => {
  let server: FreshServer;
  let explained: Explained[];

  beforeAll(async () => {
    server = await freshServer({ dialects: [native] });
    const recording = await recordStatements(async () => {
      await makeHotCalls(server.url);
      await sendSets(server.url);
    });
    await forgetStatistics(server.databaseUrl);
    explained = await explainAll(server.databaseUrl, recording, { execute: false });
  });

  afterAll(() => server.close());

  it('was heard', () => {
    const named = explained.filter(({ statement }) => statement.name !== undefined);
    expect(named.length).toBeGreaterThan(20);
  });

  it('finds its rows by an index, and by more than their workspace', () => {
    const scanning = explained
      .filter(({ scans }) => scans.length > 0)
      .map(({ statement, scans }) => ({ scans, statement: statement.name ?? statement.text }));
    expect(scanning).toEqual([]);
  });
});

/**
 * Of so few rows the vacuum that runs by itself may have found all in one type, and then the index of the type is no
 * better than that of the workspace: what it found, and how many rows and pages it counted, depends on when it came.
 * So the plans are those of a first day.
 */
async function forgetStatistics(databaseUrl: string): Promise<void> {
  await query(
    databaseUrl,
    `do $$ declare name regclass; begin
       for name in select oid from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' loop
         execute format('alter table %s set (autovacuum_enabled = false)', name);
       end loop;
     end $$`,
  );
  await query(databaseUrl, 'delete from pg_statistic');
  await query(
    databaseUrl,
    `update pg_class set reltuples = -1, relpages = 0, relallvisible = 0
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'i')`,
  );
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHotCalls, sendSets } from '../bench/plans/calls.ts';
import { type Explained, explainAll } from '../bench/plans/explain.ts';
import { recordStatements } from '../bench/plans/record.ts';
import { native } from '../src/dialects/native/index.ts';
import { type FreshServer, freshServer } from './fresh-server.ts';

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

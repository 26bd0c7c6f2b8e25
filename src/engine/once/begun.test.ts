import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { type First, type Kind, onceBegun } from './begun.ts';

describe('what is begun under an Idempotency-Key', () => {
  let fresh: FreshHub;
  let database: Database;
  beforeAll(async () => {
    fresh = await freshHub();
    database = openDatabase({ connection: { connectionString: fresh.databaseUrl } });
  });
  afterAll(async () => {
    await database.close();
    await fresh.close();
  });

  const runs: Kind = { name: 'run', progressOf: async () => 'ended' };
  const recall = async (number: number): Promise<string> => `run ${number}`;
  const ask = (key: string, begin: (first?: First) => Promise<string>): Promise<string> =>
    onceBegun(database, fresh.admin, { key, fingerprint: async () => 'same' }, runs, { begin, recall });

  async function* body(): AsyncGenerator<string> {
    yield 'all of it';
  }

  const doing =
    (number: number) =>
    async (first?: First): Promise<string> => {
      const { workspace } = fresh.admin.principal;
      await database.inWorkspace(workspace, async (tx) => first?.begin(tx, number));
      for await (const _ of first?.reading(body()) ?? []);
      await database.inWorkspace(workspace, async (tx) => first?.end(tx, number));
      return 'done';
    };

  it('is done once, and recalled', async () => {
    expect(await ask('once', doing(7))).toBe('done');
    expect(await ask('once', doing(8))).toBe('run 7');
  });

  it('is recalled by a repetition that was refused for what the first one did meanwhile', async () => {
    const refused = async (): Promise<string> => {
      await ask('meanwhile', doing(9));
      return 'the plan was applied already';
    };
    expect(await ask('meanwhile', refused)).toBe('run 9');
  });

  it('may be refused, and leaves its key', async () => {
    expect(await ask('refused', async () => 'no')).toBe('no');
    expect(await ask('refused', doing(10))).toBe('done');
  });
});

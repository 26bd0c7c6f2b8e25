import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import type { ImportCommand, ImportRow } from '../../model/commands.ts';
import type { ImportView } from '../../model/imports.ts';
import { openDatabase } from '../../store/postgres/database.ts';
import type { Hub } from '../hub.ts';
import type { Import } from './import.ts';
import { keepAlive } from './lost-imports.ts';

const command: ImportCommand = { kind: 'records', type: 'contact', key: 'external_id', mode: 'create' };
const row = (index: number, key: string): ImportRow => ({
  index,
  line: index + 1,
  source: key,
  kind: 'row',
  fields: { external_id: key },
});

let fresh: FreshHub;
let hub: Hub;
let other: Hub;
let client: pg.Client;

beforeAll(async () => {
  fresh = await freshHub();
  hub = fresh.hub;
  other = fresh.secondHub();
  client = new pg.Client({ connectionString: fresh.databaseUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await fresh.close();
});

type Begun = {
  readonly id: string;
  readonly end: () => void;
  readonly done: Promise<void>;
};

/** An import of 1,001 rows, of which all but the last are written: that comes when it is told to. */
async function begin(prefix: string): Promise<Begun> {
  const ending = Promise.withResolvers<void>();
  async function* rows(from: number): AsyncGenerator<readonly ImportRow[]> {
    const all = Array.from({ length: 1_001 }, (_, index) => row(index, `${prefix}-${index}`));
    yield all.slice(from, 1_000);
    await ending.promise;
    yield all.slice(1_000);
  }
  const started: Import = await hub.import(fresh.admin, command, rows);
  if (started.kind !== 'importing') throw new Error(started.kind);
  const done = (async () => {
    for await (const _ of started.chunks);
  })();
  await expect.poll(async () => (await found(started.id))?.rowsDone).toBe(1_000);
  return { id: started.id, end: ending.resolve, done };
}

const found = (id: string): Promise<ImportView | undefined> => other.findImport(fresh.admin, id);
/** As if its server had said nothing for so long. */
const silent = (seconds: number): Promise<unknown> =>
  client.query(`update import set active_at = active_at - interval '${seconds} seconds'`);

describe('an import of whose server nothing is heard', () => {
  it('is cut short after a minute, says why, and goes on from where it was', async () => {
    const first = await begin('lost');
    await silent(50);
    expect(await found(first.id)).toMatchObject({ state: 'receiving', failure: null, finishedAt: null });
    await silent(20);
    const lost = { state: 'cut_short', failure: expect.stringContaining('server stopped'), rowsDone: 1_000 };
    expect(await found(first.id)).toMatchObject({ ...lost, finishedAt: expect.any(Date) });
    const { items } = (await hub.imports(fresh.admin, { limit: 1 })) as { items: readonly ImportView[] };
    expect(items).toMatchObject([lost]);

    // The body from its last row on.
    const rest = async function* () {
      yield [row(1_000, 'lost-1000')];
    };
    const resumed = await hub.import(fresh.admin, command, rest, { resume: { import: first.id, offset: 1_000 } });
    if (resumed.kind !== 'importing') throw new Error(resumed.kind);
    for await (const _ of resumed.chunks);
    const done = { state: 'done', failure: null, rowsDone: 1_001, counts: { received: 1_001, created: 1_001 } };
    expect(await found(first.id)).toMatchObject(done);

    // Its server lives after all: it has lost the import, and writes nothing more of it.
    first.end();
    await expect(first.done).rejects.toMatchObject({ name: 'ImportTakenOver' });
    expect(await found(first.id)).toMatchObject(done);
  });

  it('is at work again when its server lives after all and goes on', async () => {
    const { id, end, done } = await begin('surprised');
    await silent(120);
    expect(await found(id)).toMatchObject({ state: 'cut_short' });
    end();
    await done;
    expect(await found(id)).toMatchObject({ state: 'done', failure: null, rowsDone: 1_001 });
  });

  it('is not cut short while its server says that it waits for rows', async () => {
    const { id, end, done } = await begin('patient');
    await silent(120);
    const database = openDatabase({ connection: { connectionString: fresh.databaseUrl } });
    const { rows } = await client.query('select max(import)::int as number from import');
    const { workspace } = fresh.admin.principal;
    const stop = keepAlive({ database, workspace }, { number: rows[0].number, attempt: 1 }, 5);
    const saidJustNow =
      "select active_at > now() - interval '1 minute' as said from import order by import desc limit 1";
    await expect.poll(async () => (await client.query(saidJustNow)).rows[0].said).toBe(true);
    await stop();
    await database.close();
    expect(await found(id)).toMatchObject({ state: 'receiving' });
    end();
    await done;
  });

  it('is left as it ended, however long ago', async () => {
    const { id, end, done } = await begin('ended');
    end();
    await done;
    await silent(100_000);
    expect(await found(id)).toMatchObject({ state: 'done' });
  });
});

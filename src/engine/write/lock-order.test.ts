// Links that wait tie the locks of several records and keys together: all are taken in one order, so that writers do not wait for each other.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import { untilOneWaits } from '../../../test/lock-waits.ts';
import { itemsOf, key, recordOf } from '../../../test/steps.ts';
import type { ImportRow } from '../../model/commands.ts';
import type { WorkspaceId } from '../../model/ids.ts';
import { reserveKeys } from '../../store/links/pending-links.ts';
import { type Database, openDatabase, type Transaction } from '../../store/postgres/database.ts';
import { externalIdField, insertRecords } from '../../store/records/records.ts';

let fresh: FreshHub;
let database: Database;
let workspace: WorkspaceId;
beforeAll(async () => {
  fresh = await freshHub();
  database = openDatabase({ connection: { connectionString: fresh.databaseUrl } });
  workspace = fresh.admin.principal.workspace;
});
afterAll(async () => {
  await database.close();
  await fresh.close();
});

let round = 0;
let id = '';
beforeEach(() => {
  id = `r${++round}`;
});

const make = (type: string) => fresh.hub.upsert(fresh.admin, { type, ref: key(id), mode: 'upsert', fields: {} });
const defer = (role: string) =>
  fresh.hub.linkOrDefer(fresh.admin, {
    ...{ from: { type: 'claim', ref: key(id) }, link: 'contacts', to: { ref: key(id) } },
    ...{ role: { by: 'name', value: role }, defer: { expiresAt: null } },
  });
const roles = async () =>
  itemsOf(await fresh.hub.links(fresh.admin, { type: 'claim', ref: key(id), link: 'contacts', limit: 10 })).map(
    ({ role }) => role?.name,
  );

async function giveKey(tx: Transaction, type: string): Promise<void> {
  const { types } = await fresh.hub.catalogue(workspace);
  reserveKeys(tx, workspace, [{ type: types.get(type)?.id ?? 0, field: 1, value: id }]);
  await tx.query('select 1');
}

let number = 9_000_000;
async function insert(tx: Transaction, type: string, externalId: string): Promise<void> {
  const { types } = await fresh.hub.catalogue(workspace);
  const at = new Date();
  const by = fresh.admin.principal.id;
  const written = { created_at: at, updated_at: at, created_by: by, updated_by: by, deleted_at: null, stamps: null };
  const record = { number: number++, type: types.get(type)?.id ?? 0, external_id: externalId, version: 1, ...written };
  insertRecords(tx, workspace, [{ ...record, values: { [externalIdField]: externalId } }]);
  await tx.query('select 1');
}

async function importContacts(rows: readonly ImportRow[]): Promise<string[]> {
  const command = { kind: 'records', type: 'contact', key: 'external_id', mode: 'upsert' } as const;
  const started = await fresh.hub.import(fresh.admin, command, async function* () {
    yield rows;
  });
  if (started.kind !== 'importing') throw new Error(started.kind);
  const kinds: string[] = [];
  for await (const { outcomes } of started.chunks) kinds.push(...outcomes.map(({ kind }) => kind));
  return kinds;
}

/** Another writer takes the first lock; `ours` begins, and comes to where it waits; the other takes the second lock. */
async function beside<T>(
  [first, second]: readonly [(tx: Transaction) => Promise<unknown>, (tx: Transaction) => Promise<unknown>],
  ours: () => Promise<T>,
): Promise<T> {
  const begun = Promise.withResolvers<void>();
  const other = database.inWorkspace(workspace, async (tx) => {
    await first(tx);
    begun.resolve();
    await untilOneWaits(fresh.databaseUrl, 1_000); // twice as long as it waits before it knows that it has to
    tx.send("set local lock_timeout = '200ms'"); // it is there at once, or is waited for
    await second(tx);
  });
  other.catch(begun.reject);
  await begun.promise;
  const [outcome] = await Promise.all([ours(), other]);
  return outcome;
}

describe('a writer', () => {
  it('that makes a record keeps nobody from its key while it waits for the record that is to be linked', async () => {
    const claim = recordOf(await make('claim')).number;
    expect((await defer('Broker')).kind).toBe('deferred');
    const hold = (tx: Transaction) =>
      tx.query('select 1 from record where workspace_id = $1 and number = $2 for no key update', [workspace, claim]);
    const made = await beside([hold, (tx) => giveKey(tx, 'contact')], () => make('contact'));
    expect(made.kind).toBe('created');
    expect(await roles()).toEqual(['Broker']);
  });

  it('of a link that is to wait keeps nobody from those that wait while it waits for a key', async () => {
    await defer('Broker');
    const look = (tx: Transaction) =>
      tx.query('select 1 from pending_link where workspace_id = $1 and right_value = $2 for update nowait', [
        workspace,
        id,
      ]);
    const outcome = await beside([(tx) => giveKey(tx, 'contact'), look], () => defer('Witness'));
    expect(outcome.kind).toBe('deferred');
    await make('claim');
    await make('contact');
    expect(await roles()).toEqual(['Broker', 'Witness']);
  });

  it('of several new records keeps nobody from one while it waits for another, also where it writes one of them twice', async () => {
    const other = (name: string) => (tx: Transaction) => insert(tx, 'contact', `${id}-${name}`);
    const rows = [{ name: 'b' }, { name: 'b', note: 'again' }, { name: 'a' }].map(
      ({ name, note = null }, index): ImportRow => ({
        ...{ kind: 'row', index, line: index + 1, source: '' },
        fields: { external_id: `${id}-${name}`, name: note },
      }),
    );
    const kinds = await beside([other('a'), other('b')], () => importContacts(rows));
    expect(kinds).toEqual(['unchanged', 'updated', 'unchanged']);
  });
});

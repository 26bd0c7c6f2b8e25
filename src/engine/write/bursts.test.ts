// Bursts of single writes, of all that may meet in one: what is stored afterwards is what was acknowledged, one by one.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import { amend } from '../../../test/steps.ts';
import type { UpsertOutcome } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import { byKey } from '../../model/ref.ts';
import type { Hub } from '../hub.ts';

type Told = { readonly caller: Caller; readonly key: string; readonly name: unknown; readonly outcome: UpsertOutcome };
type Stored = { key: string; version: number; name: string };
type Change = { key: string; version: number; principal_id: number; name: string };

describe('a burst of single writes through two servers', () => {
  let fresh: FreshHub;
  let other: pg.Client;
  let servers: Hub[];
  /** Of two workspaces; one of the callers may only read. */
  let callers: Caller[];

  beforeAll(async () => {
    fresh = await freshHub();
    servers = [fresh.hub, fresh.secondHub()];
    other = new pg.Client({ connectionString: fresh.databaseUrl });
    await other.connect();
    const made = await fresh.hub.workspaces.create({ name: 'Second' });
    if (made.kind !== 'created') throw new Error(made.kind);
    const callerOf = async (token: string): Promise<Caller> => {
      const principal = await fresh.hub.access.bearer(token, 'test');
      if (principal === undefined) throw new Error('no such key');
      return { principal, via: 'test', requestId: 'burst' };
    };
    const stranger = await callerOf(made.adminKey);
    await amend(fresh.hub, stranger, () => ({
      types: { contact: { fields: { name: { type: 'text' }, email: { type: 'text', unique: true } } } },
    }));
    await amend(fresh.hub, fresh.admin, (current) => ({
      ...current,
      types: {
        ...current.types,
        contact: {
          ...current.types?.contact,
          fields: { ...current.types?.contact?.fields, email: { type: 'text', unique: true } },
        },
      },
    }));
    const reader = await fresh.hub.workspaces.addCredential(fresh.admin.principal.workspace, {
      kind: 'bearer',
      label: 'Reader',
      role: 'member',
      grants: { contact: ['read'] },
    });
    callers = [fresh.admin, stranger, fresh.power, await callerOf(reader.secret)];
  });
  afterAll(async () => {
    await other.end();
    await fresh.close();
  });

  /** The same at every run: a step of a linear congruence. */
  let state = 7;
  const draw = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };

  /** Keys that repeat, preconditions that may hold, values that are refused, emails that only one record may have. */
  async function write(index: number, prefix: string): Promise<Told> {
    const caller = callers[draw(callers.length)] as Caller;
    const key = `${prefix}${draw(30)}`;
    const name = draw(12) === 0 ? 5 : `name ${index}`;
    const outcome = await (servers[draw(2)] as Hub).upsert(caller, {
      type: 'contact',
      ref: byKey('external_id', key),
      mode: (['upsert', 'upsert', 'upsert', 'create', 'update'] as const)[draw(5)] as 'upsert',
      fields: { name, ...(draw(4) === 0 && { email: `${prefix}${draw(10)}@example.test` }) },
      ...(draw(6) === 0 && { ifVersion: 1 + draw(3) }),
    });
    return { caller, key, name, outcome };
  }

  const burst = (prefix: string, size: number): Promise<Told[]> =>
    Promise.all(Array.from({ length: size }, (_, index) => write(index, prefix)));

  const wrote = ({ outcome }: Told): boolean => outcome.kind === 'created' || outcome.kind === 'updated';

  async function expectStored(told: readonly Told[], workspace: number, prefix: string): Promise<void> {
    const acknowledged = told.filter((one) => one.caller.principal.workspace === workspace && wrote(one));
    const nameIn = (values: string): string =>
      `(select value from jsonb_each_text(${values}) where value like 'name %')`;
    const { rows: stored } = await other.query<Stored>(
      `select external_id as key, version::int as version, ${nameIn('data')} as name from record
       where workspace_id = $1 and external_id like $2 order by external_id`,
      [workspace, `${prefix}%`],
    );
    const { rows: changes } = await other.query<Change>(
      `select r.external_id as key, c.version::int as version, c.principal_id::int as principal_id, ${nameIn('c.after')} as name
       from change c join record r using (workspace_id, number) where c.workspace_id = $1 and r.external_id like $2`,
      [workspace, `${prefix}%`],
    );
    const textOf = ({ key, version, principal_id, name }: Change): string =>
      `${key} ${version} by ${principal_id}: ${name}`;
    const said = acknowledged.map(({ caller, key, name, outcome }) => {
      if (!('record' in outcome)) throw new Error(outcome.kind);
      return textOf({ key, version: outcome.record.version, principal_id: caller.principal.id, name: String(name) });
    });
    // Each acknowledged write has its own version, and its change row says who wrote what; nothing else was written.
    expect(changes.map(textOf).sort()).toEqual(said.sort());
    expect(new Set(changes.map(({ key, version }) => `${key} ${version}`)).size).toBe(changes.length);
    for (const { key, version, name } of stored) {
      const own = acknowledged.filter((one) => one.key === key);
      expect(
        own.filter(({ outcome }) => outcome.kind === 'created'),
        key,
      ).toHaveLength(1);
      expect(version, key).toBe(own.length);
      const last = own.find(({ outcome }) => 'record' in outcome && outcome.record.version === version);
      expect(name, key).toBe(last?.name);
    }
    expect(stored.map(({ key }) => key)).toEqual([...new Set(acknowledged.map(({ key }) => key))].sort());
  }

  async function expectWhole(): Promise<void> {
    const { rows } = await other.query(
      `select workspace_id, count(*)::int as commits, max(commit)::int - min(commit)::int + 1 as places,
         (select count(distinct batch)::int from change where workspace_id = c.workspace_id) as batches
       from commit c group by workspace_id`,
    );
    for (const { commits, places, batches } of rows) expect([commits, batches]).toEqual([places, commits]);
  }

  const workspaces = (): number[] => [...new Set(callers.map(({ principal }) => Number(principal.workspace)))];

  it('leaves what was acknowledged, each write with its version, its writer and its value, and nothing of what was refused', async () => {
    const told = [...(await burst('b', 300)), ...(await burst('b', 300))];
    const kinds = new Set(told.map(({ outcome }) => outcome.kind));
    expect([...kinds].sort()).toEqual(expect.arrayContaining(['created', 'rejected', 'updated']));
    const codes = new Set(
      told.flatMap(({ outcome }) => (outcome.kind === 'rejected' ? outcome.violations.map(({ code }) => code) : [])),
    );
    for (const code of [
      'value_invalid',
      'version_mismatch',
      'record_exists',
      'record_not_found',
      'grant_missing',
      'key_taken',
    ])
      expect([...codes]).toContain(code);
    for (const workspace of workspaces()) await expectStored(told, workspace, 'b');
    await expectWhole();
  });

  it('waits for no row that it does not name, beside a transaction that holds some', async () => {
    const first = await burst('h', 200);
    await other.query('begin');
    const held = await other.query(
      "select workspace_id, external_id from record where external_id in ('h0', 'h1', 'h2') for update",
    );
    expect(held.rows.length).toBeGreaterThan(0);
    const isHeld = (key: string): boolean => ['h0', 'h1', 'h2'].includes(key);
    let free = 0;
    const writes = Array.from({ length: 200 }, (_, index) =>
      write(1000 + index, 'h').then((told) => {
        if (!isHeld(told.key)) free++;
        return told;
      }),
    );
    // An email that a held record has is a row that is held as well: not all the others are free.
    await expect.poll(() => free).toBeGreaterThan(120);
    await other.query('commit');
    const second = await Promise.all(writes);
    for (const workspace of workspaces()) await expectStored([...first, ...second], workspace, 'h');
    await expectWhole();
  });
});

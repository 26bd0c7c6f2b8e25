// An import makes links without holding their records: what holding them would have kept from happening must not happen all the same.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import { amend, codesOf, key, merged, query, recordOf } from '../../../test/steps.ts';
import type { ImportCommand, ImportRow, LinkRowInput } from '../../model/commands.ts';
import type { ImportOutcome } from '../../model/imports.ts';
import { barUnheldLinks, beginUnheldLinks } from '../../store/links/unheld-links.ts';
import { type Database, openDatabase, type Transaction } from '../../store/postgres/database.ts';
import type { Hub } from '../hub.ts';

let fresh: FreshHub;
let database: Database;
let workspace: number;
beforeAll(async () => {
  fresh = await freshHub();
  database = openDatabase({ connection: { connectionString: fresh.databaseUrl } });
  workspace = fresh.admin.principal.workspace;
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      types: { seat: { fields: { holder: { type: 'lookup', to: 'contact' } } }, gauge: { owner: 'external' } },
      links: { 'gauge.contacts': { to: 'contact', inverse: 'gauges' } },
      interfaces: { gauges: { name: 'Gauges', type: 'gauge', setup: 'custom', initiator: 'external_application' } },
    }),
  );
});
afterAll(async () => {
  await database.close();
  await fresh.close();
});

let round = 0;
let id = '';
beforeEach(() => {
  round += 1;
  id = `r${round}`;
});

const make = async (type: string, name: string): Promise<number> =>
  recordOf(await fresh.hub.upsert(fresh.admin, { type, ref: key(name), mode: 'upsert', fields: {} })).number;

type Pair = readonly [left: string, right: string, role?: string, action?: 'unlink'];

type Imported = { readonly id: string; readonly outcomes: readonly ImportOutcome[] };

async function importRows(command: ImportCommand, rows: readonly ImportRow[], hub = fresh.hub): Promise<Imported> {
  const started = await hub.import(fresh.admin, command, async function* (from) {
    yield rows.slice(from);
  });
  if (started.kind !== 'importing') throw new Error(started.kind);
  const outcomes: ImportOutcome[] = [];
  for await (const chunk of started.chunks) outcomes.push(...chunk.outcomes);
  return { id: started.id, outcomes };
}

async function importLinks(link: string, pairs: readonly Pair[], hub?: Hub): Promise<readonly ImportOutcome[]> {
  const rows = pairs.map(([left, right, role, action], index): ImportRow => {
    const asked: LinkRowInput = { left: key(left), right: key(right), action: action ?? 'link' };
    const by = role === undefined ? {} : { role: { by: 'name' as const, value: role } };
    return { kind: 'link', index, line: index + 1, source: '', ...asked, ...by };
  });
  return (await importRows({ kind: 'links', link, leftKey: null, rightKey: null }, rows, hub)).outcomes;
}

const makeAll = (type: string, names: readonly string[]): Promise<Imported> =>
  importRows(
    { kind: 'records', type, key: 'external_id', mode: 'upsert' },
    names.map((name, index) => {
      return { kind: 'row', index, line: index + 1, source: '', fields: { external_id: name } };
    }),
  );

const kinds = (outcomes: readonly ImportOutcome[]): string[] => outcomes.map(({ kind }) => kind);

const linksOf = async (...numbers: number[]): Promise<{ left: number; right: number; role: number | null }[]> =>
  query(
    fresh.databaseUrl,
    `select left_number::int as "left", right_number::int as "right", role from link
     where left_number = any($1) or right_number = any($1) order by number`,
    [numbers],
  );

/** A transaction that stays open until `end` is called: what it did is committed then. */
async function open(work: (tx: Transaction) => Promise<unknown>): Promise<{ end(): Promise<void> }> {
  const [begun, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const ended = database.inWorkspace(fresh.admin.principal.workspace, async (tx) => {
    await work(tx);
    begun.resolve();
    await over.promise;
  });
  ended.catch(begun.reject);
  await begun.promise;
  return {
    async end() {
      over.resolve();
      await ended;
    },
  };
}

const isSettled = async (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([
    promise.then(
      () => true,
      () => true,
    ),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 150)),
  ]);

/** As an import does it that has not committed yet. */
const linkUnheld =
  (left: number, right: number) =>
  async (tx: Transaction): Promise<void> => {
    expect(await beginUnheldLinks(tx, workspace)).toBe(true);
    await tx.query(
      `insert into link (workspace_id, link_type, left_number, right_number, slot, created_at, updated_at)
     select $1, (ids->'links'->>'customer.contacts')::int, $2, $3, 0, now(), now() from workspace_schema where workspace_id = $1`,
      [workspace, left, right],
    );
  };

const hold =
  (...numbers: number[]) =>
  (tx: Transaction) =>
    tx.query('select 1 from record where workspace_id = $1 and number = any($2::bigint[]) for no key update', [
      workspace,
      numbers,
    ]);

describe('an import of links', () => {
  it('waits for nobody who only writes the records, and leaves no trace of itself in them', async () => {
    const [customer, contact] = [await make('customer', id), await make('contact', id)];
    const writer = await open(hold(customer, contact));
    expect(kinds(await importLinks('customer.contacts', [[id, id]]))).toEqual(['created']);
    await writer.end();
    const another = await make('contact', `${id}-2`);
    await importLinks('customer.contacts', [[id, `${id}-2`]]);
    const rows = await query(fresh.databaseUrl, 'select xmax::text from record where number = $1', [another]);
    expect(rows).toEqual([{ xmax: '0' }]);
  });

  it('finds what is linked already, and changes or replaces it as before', async () => {
    const many = Array.from({ length: 2500 }, (_, n) => `${id}-${n}`);
    await makeAll('contact', many);
    const claim = await make('claim', id);
    const [first, last] = [many[0] ?? '', many[2400] ?? ''];
    await importLinks('claim.contacts', [[id, last, 'Broker']]);
    const outcomes = await importLinks('claim.contacts', [
      ...many.map((contact): Pair => [id, contact, 'Broker']),
      [id, first, 'Witness'],
      [id, first, 'Broker'],
      [id, 'nobody', 'Broker'],
    ]);
    const others = outcomes.filter(({ kind }) => kind !== 'created').map(({ index, kind }) => [index, kind]);
    expect(others).toEqual([
      [2400, 'unchanged'],
      [2501, 'unchanged'],
      [2502, 'rejected'],
    ]);
    expect(await linksOf(claim)).toHaveLength(2501);
    expect(kinds(await importLinks('claim.contacts', [[id, first]]))).toEqual(['unchanged']);

    await Promise.all(['a', 'b'].map((name) => make('account', `${id}${name}`)));
    await make('opportunity', id);
    await importLinks('account.opportunities', [[`${id}a`, id]]);
    expect(kinds(await importLinks('account.opportunities', [[`${id}b`, id]]))).toEqual(['created']);
    const opportunity = await make('opportunity', id);
    expect(await linksOf(opportunity)).toEqual([expect.objectContaining({ left: await make('account', `${id}b`) })]);
  });

  it('sees in each row what those before it did, in whatever chunk', async () => {
    const many = Array.from({ length: 1000 }, (_, n) => `${id}-${n}`);
    await makeAll('contact', many);
    const claim = await make('claim', id);
    const [first = '', second = '', third = ''] = many;
    const outcomes = await importLinks('claim.contacts', [
      ...many.map((contact): Pair => [id, contact, 'Broker']),
      [id, first, 'Broker', 'unlink'],
      [id, second], // in whatever role: there is one
      [id, third, 'Witness'],
    ]);
    expect(kinds(outcomes.slice(1000))).toEqual(['updated', 'unchanged', 'created']);
    expect(await linksOf(await make('contact', first))).toEqual([]);
    expect(await linksOf(await make('contact', second))).toHaveLength(1);
    expect(await linksOf(claim)).toHaveLength(1000);

    const again = await importLinks('claim.contacts', [
      ...many.map((contact): Pair => [id, contact, 'Broker', 'unlink']),
      ...many.map((contact): Pair => [id, contact, 'Broker']),
    ]);
    expect(new Set(kinds(again.slice(1000)))).toEqual(new Set(['created']));
    expect(await linksOf(claim)).toHaveLength(1001);
  });

  it('beside a removal holds its records, and links none that is gone afterwards', async () => {
    const [customer, contact] = [await make('customer', id), await make('contact', id)];
    const remover = await open(async (tx) => {
      expect(await barUnheldLinks(tx, workspace)).toBe(false);
      await hold(contact)(tx);
      await tx.query('update record set deleted_at = now(), version = version + 1 where number = $1', [contact]);
    });
    const importing = importLinks('customer.contacts', [[id, id]]);
    expect(await isSettled(importing)).toBe(false);
    await remover.end();
    expect(kinds(await importing)).toEqual(['rejected']);
    expect(await linksOf(customer)).toEqual([]);
  });

  it('holds its records where more than their being there counts', async () => {
    const types = ['contact', 'seat', 'claim'];
    const writer = await open(hold(...(await Promise.all(types.map((type) => make(type, id))))));
    const waiting = [
      importLinks('seat.holder', [[id, id]]), // changes the seat itself
      importLinks('claim.contacts', [[id, id]]), // without a role: what it does depends on the roles that there are
      importLinks('gauge.contacts', [['none', id]]), // a set remembers what it last made of a gauge
    ];
    for (const importing of waiting) expect(await isSettled(importing)).toBe(false);
    await writer.end();
    const ended = await Promise.all(waiting);
    expect(ended.flatMap(kinds)).toEqual(['created', 'created', 'rejected']);
  });
});

describe('a removal beside links that are being made', () => {
  it('waits for them, takes them along, and keeps no other write waiting', async () => {
    const [customer, contact] = [await make('customer', id), await make('contact', id)];
    const importing = await open(linkUnheld(customer, contact));
    const deleted = fresh.hub.delete(fresh.admin, { type: 'contact', ref: key(id) });
    await make('contact', `${id}-other`);
    expect(await isSettled(deleted)).toBe(false);
    await importing.end();
    expect(await deleted).toMatchObject({ kind: 'deleted' });
    expect(await linksOf(customer)).toEqual([]);
    const history = await query(
      fresh.databaseUrl,
      'select kind from change where number = $1 and batch > 0 order by batch, row',
      [customer],
    );
    expect(history.map(({ kind }) => kind)).toEqual(['created', 'unlinked']);
  });

  it('is waited for by nobody once it has begun: links are made by holding their records', async () => {
    const customer = await make('customer', id);
    await make('contact', id);
    const removing = await open(async (tx) => {
      await barUnheldLinks(tx, workspace);
    });
    expect(kinds(await importLinks('customer.contacts', [[id, id]]))).toEqual(['created']);
    await removing.end();
    expect(await linksOf(customer)).toHaveLength(1);
  });

  it('does not wait for a chunk that holds its records after all', async () => {
    const [customer, contact] = [await make('customer', id), await make('contact', id)];
    await make('contact', `${id}-other`);
    const remover = await open(async (tx) => {
      await barUnheldLinks(tx, workspace);
      await hold(contact)(tx);
    });
    const importing = importLinks('customer.contacts', [[id, id]]);
    expect(await isSettled(importing)).toBe(false);
    const deleted = fresh.hub.delete(fresh.admin, { type: 'contact', ref: key(`${id}-other`) });
    expect(await deleted).toMatchObject({ kind: 'deleted' });
    await remover.end();
    expect(kinds(await importing)).toEqual(['created']);
    expect(await linksOf(customer)).toHaveLength(1);
  });
});

describe('a write of links as of a stamp', () => {
  const stamp = { kind: 'as_of', at: Date.UTC(2020, 0) * 1000 } as const;
  const pair = (contact: string) => ({
    from: { type: 'customer', ref: key(id) },
    link: 'contacts',
    to: { ref: key(contact) },
    stamp,
  });

  it('waits for links that are being made, as each that is there afterwards must be noted, and keeps no other write waiting', async () => {
    const [customer, contact] = [await make('customer', id), await make('contact', id)];
    await make('contact', `${id}-2`);
    const importing = await open(linkUnheld(customer, contact));
    const written = [
      fresh.hub.unlinkOrWithdraw(fresh.admin, { ...pair(id), which: 'all' }),
      fresh.hub.linkOrDefer(fresh.admin, pair(`${id}-2`)),
    ];
    await make('contact', `${id}-other`);
    for (const one of written) expect(await isSettled(one)).toBe(false);
    await importing.end();
    expect(await Promise.all(written)).toMatchObject([{ kind: 'unlinked', removed: [{}] }, { kind: 'created' }]);
    expect(await linksOf(customer)).toHaveLength(1);
  });
});

describe('imports of links through two servers', () => {
  it('beside deletes leave no link to a record that is gone, whoever came first', async () => {
    const names = Array.from({ length: 60 }, (_, n) => `${id}-${n}`);
    const customer = await make('customer', id);
    const contacts = new Map<string, number>();
    for (const name of names) contacts.set(name, await make('contact', name));
    const second = fresh.secondHub();
    const ended = { linked: 0, refused: 0 };
    const importAll = async (): Promise<void> => {
      for (let at = 0; at < names.length; at += 3) {
        const outcomes = await importLinks(
          'customer.contacts',
          names.slice(at, at + 3).map((name): Pair => [id, name]),
        );
        for (const { kind } of outcomes) ended[kind === 'created' ? 'linked' : 'refused'] += 1;
      }
    };
    const deleteAll = async (): Promise<void> => {
      for (const name of names.toReversed())
        expect(codesOf(await second.delete(fresh.admin, { type: 'contact', ref: key(name) }))).toEqual(['deleted']);
    };
    await Promise.all([importAll(), deleteAll()]);
    expect(ended.linked + ended.refused).toBe(names.length);
    expect(await linksOf(customer)).toEqual([]);
    // What was told of each is whole: as many links made as removed.
    const rows = await query(
      fresh.databaseUrl,
      `select kind, count(*)::int from change where number = $1 and kind in ('linked', 'unlinked') group by 1 order by 1`,
      [customer],
    );
    expect(rows.map(({ count }) => count)).toEqual(ended.linked === 0 ? [] : [ended.linked, ended.linked]);
  });

  it('make each link once, and one only where a side takes one', async () => {
    const names = Array.from({ length: 1500 }, (_, n) => `${id}-${n}`);
    for (const type of ['account', 'opportunity']) await makeAll(type, names);
    const straight = names.map((name): Pair => [name, name]);
    const turned = names.map((name, n): Pair => [names[(n + 1) % names.length] ?? '', name]);
    const [second, third] = [fresh.secondHub(), fresh.secondHub()];
    const imports = await Promise.all([
      importLinks('account.opportunities', straight),
      importLinks('account.opportunities', straight, second),
      importLinks('account.opportunities', turned, third),
    ]);
    for (const outcomes of imports) expect(kinds(outcomes)).not.toContain('rejected');
    const rows = await query(
      fresh.databaseUrl,
      `select count(*)::int as links, count(distinct l.right_number)::int as rights
       from link l join record r on r.number = l.right_number where r.external_id like $1`,
      [`${id}-%`],
    );
    expect(rows).toEqual([{ links: names.length, rights: names.length }]);
  });
});

// The last: a type with former keys, as a merge leaves them, has its records held.
describe('a merge, an erasure, and the revert of an import', () => {
  it('take along what is linked meanwhile', async () => {
    const [customer, contact] = [await make('customer', id), await make('contact', id)];
    const survivor = await make('contact', `${id}-survivor`);
    const first = await open(linkUnheld(customer, contact));
    const merging = fresh.hub.merge(
      fresh.admin,
      { type: 'contact', ref: key(`${id}-survivor`), from: key(id), fields: 'survivor' },
      { plan: false },
    );
    expect(await isSettled(merging)).toBe(false);
    await first.end();
    expect((await merging).kind).toBe('merged');
    expect(await linksOf(customer)).toEqual([expect.objectContaining({ right: survivor })]);

    const other = await make('customer', `${id}-2`);
    const second = await open(linkUnheld(other, survivor));
    const erasing = fresh.hub.erase(fresh.admin, { type: 'contact', ref: key(`${id}-survivor`) }, { plan: false });
    expect(await isSettled(erasing)).toBe(false);
    await second.end();
    expect((await erasing).kind).toBe('erased');
    expect(await linksOf(customer, other)).toEqual([]);

    const { id: imported } = await makeAll('contact', [`${id}-3`]);
    const third = await open(linkUnheld(other, await make('contact', `${id}-3`)));
    const reverting = fresh.hub.revertImport(fresh.admin, imported);
    expect(await isSettled(reverting)).toBe(false);
    await third.end();
    expect(await reverting).toMatchObject({ kind: 'reverted', counts: { deleted: 1 } });
    expect(await linksOf(other)).toEqual([]);
  });
});

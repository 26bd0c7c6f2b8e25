// What is removed from the schema takes all of its rows along. Every table that the catalogue has is looked at, one that is added later too.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import { setOf } from '../../../test/set-of.ts';
import { amend, key, merged, query, recordOf } from '../../../test/steps.ts';
import type { SchemaDocument } from '../../model/schema.ts';

let fresh: FreshHub;
let client: pg.Client;
beforeAll(async () => {
  fresh = await freshHub();
  client = new pg.Client({ connectionString: fresh.databaseUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await fresh.close();
});

/** Rows that stay when what their column names is gone, and why. */
const stay: Readonly<Record<string, string>> = {
  'change.number': 'history: who did what, and when',
  'change.link_type': 'history',
  'change.run': 'history',
  'issue.number': 'history of a run',
  'issue.run': 'history of a run',
  'run.interface': 'history: what a change says that it came by',
  'run.run': 'history',
  'open_run.interface': 'whoever looks for work fails the run, and says that its interface was removed: queue.test.ts',
  'open_run.run': 'the same',
  'staging.run': 'of the transaction that is at work on the run',
  'plan.run': 'goes by what it names: below',
  'run_element.number': 'goes by its interface',
  'record_alias.number': 'goes by its type',
  'record_key.number': 'goes by its type',
  'field_index.number': 'goes by its type',
  'link.number': 'its own',
  'pending_link.number': 'its own',
};

/** The tables that have a column, but for those whose rows stay. */
async function tablesWith(column: string): Promise<string[]> {
  const { rows } = await client.query(
    `select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname = $1
       and exists (select from pg_attribute w where w.attrelid = c.oid and w.attname = 'workspace_id') order by 1`,
    [column],
  );
  return rows.map(({ relname }) => relname).filter((table) => stay[`${table}.${column}`] === undefined);
}

const fillers: Readonly<Record<string, string>> = {
  int8: `nextval('run_number') + 900000`,
  int4: `(nextval('run_number') + 900000)::int`,
  float8: '1',
  text: `'x'`,
  bytea: `'x'`,
  json: `'{}'`,
  jsonb: `'{}'`,
  timestamptz: 'now()',
  uuid: 'gen_random_uuid()',
  _int4: `'{}'`,
  _int8: `'{}'`,
  bool: 'false',
};

/** A row whose column says so, and whose other ones say nothing. */
async function plant(table: string, column: string, value: number): Promise<void> {
  const { rows } = await client.query(
    `select a.attname as name, t.typname as type from pg_attribute a join pg_type t on t.oid = a.atttypid
     where a.attrelid = $1::regclass and a.attnum > 0 and a.attnotnull and not a.atthasdef and a.attname not in ('workspace_id', $2)`,
    [table, column],
  );
  const columns = ['workspace_id', column, ...rows.map(({ name }) => name)].map((name) => `"${name}"`);
  const values = [fresh.admin.principal.workspace, value, ...rows.map(({ type }) => fillers[type] ?? `no ${type}`)];
  await client.query(`insert into ${table} (${columns}) values (${values})`);
}

/** Plants a row in each, and says in which of them there still is one when all is done. */
async function leftBy(column: string, value: number, remove: () => Promise<unknown>): Promise<string[]> {
  const tables = await tablesWith(column);
  for (const table of tables) await plant(table, column, value).catch(alreadyThere);
  const left = async (): Promise<string[]> => {
    const found: string[] = [];
    for (const table of tables) {
      const { rowCount } = await client.query(`select 1 from ${table} where "${column}" = $1 limit 1`, [value]);
      if (rowCount !== 0) found.push(table);
    }
    return found;
  };
  expect(await left()).toEqual(tables);
  expect(tables.length).toBeGreaterThan(1);
  await remove();
  return left();
}

function alreadyThere(fault: { readonly code?: string }): void {
  if (fault.code !== '23505') throw fault;
}

const gauges: SchemaDocument = {
  types: { gauge: { owner: 'external', fields: { note: { type: 'text' } } } },
  links: { 'gauge.readers': { to: 'contact', inverse: 'gauges' } },
  interfaces: { gauges: { name: 'Gauges', type: 'gauge', overdue_after: '1d' } },
};

const have = (): Promise<unknown> => amend(fresh.hub, fresh.admin, (current) => merged(current, gauges));

const without = (part: { type?: true; link?: true; interface: true }): Promise<unknown> =>
  amend(
    fresh.hub,
    fresh.admin,
    (current) => {
      const { gauge, ...types } = current.types ?? {};
      const { 'gauge.readers': readers, ...links } = current.links ?? {};
      const { gauges: on, ...interfaces } = current.interfaces ?? {};
      return {
        ...current,
        types: part.type ? types : (current.types ?? {}),
        links: part.link ? links : (current.links ?? {}),
        interfaces: part.interface ? interfaces : (current.interfaces ?? {}),
      };
    },
    true,
  );

const send = () => fresh.hub.sync(fresh.admin, 'gauges', setOf([{ key: 'G1', path: 'G1', members: [] }]));
const catalogue = () => fresh.hub.catalogue(fresh.admin.principal.workspace);

describe('what belongs to', () => {
  it('a record type goes with it, and what belongs to its records', async () => {
    await have();
    const { id } = (await catalogue()).types.get('gauge') ?? { id: 0 };
    await send();
    const { number } = recordOf(await fresh.hub.find(fresh.admin, 'gauge', key('G1')));
    const whole = { type: true, link: true, interface: true } as const;
    expect(await leftBy('number', number, () => leftBy('type', id, () => without(whole)).then(none))).toEqual([]);
  });

  it('a link type goes with it', async () => {
    await have();
    const { id } = (await catalogue()).links.get('gauge.readers') ?? { id: 0 };
    expect(await leftBy('link_type', id, () => without({ link: true, interface: true }))).toEqual([]);
  });

  it('an interface goes with it, and what its runs kept', async () => {
    await have();
    const { id } = (await catalogue()).interfaces.get('gauges') ?? { id: 0 };
    await send();
    const [run] = await query<{ run: number }>(
      fresh.databaseUrl,
      `update run set state = 'held' where interface = $1 returning run`,
      [id],
    );
    const removed = (): Promise<unknown> => leftBy('interface', id, () => without({ interface: true })).then(none);
    expect(await leftBy('run', Number(run?.run), removed)).toEqual([]);
  });

  const none = (left: readonly string[]): void => expect(left).toEqual([]);
});

describe('a plan', () => {
  const plans = (): Promise<object[]> =>
    query(fresh.databaseUrl, 'select plan from plan union all select plan from plan_item order by plan');
  const planWrite = async (): Promise<void> => {
    const { hub, admin } = fresh;
    const outcome = await hub.plans.write(admin, {
      kind: 'upsert',
      type: 'contact',
      ref: key('of no gauge'),
      mode: 'upsert',
      fields: { name: '"type":"gauge"' },
    });
    expect(outcome).toMatchObject({ kind: 'planned' });
  };

  it('that names what is removed goes with it, and no other', async () => {
    const { hub, admin } = fresh;
    await have();
    await send();
    await planWrite();
    const others = await plans();
    const ref = key('G1');
    await hub.plans.set(admin, 'gauges', setOf([]));
    expect((await plans()).length).toBeGreaterThan(others.length);
    await without({ interface: true });
    expect(await plans()).toEqual(others);

    await hub.upsert(admin, { type: 'contact', ref: key('reader'), mode: 'upsert', fields: {} });
    const link = { from: { type: 'gauge', ref }, link: 'readers', to: { ref: key('reader') } };
    expect(await hub.plans.write(admin, { kind: 'link', ...link })).toMatchObject({ kind: 'planned' });
    await without({ link: true, interface: true });
    expect(await plans()).toEqual(others);

    expect(
      await hub.plans.write(admin, { kind: 'upsert', type: 'gauge', ref, mode: 'update', fields: { note: 'x' } }),
    ).toMatchObject({ kind: 'planned' });
    await without({ type: true, link: true, interface: true });
    expect(await plans()).toEqual(others);
  });
});

// A hub with the demo data over a database of its own: a copy of one that was migrated and loaded once per run.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { loadDemo } from '../src/demo.ts';
import { setReadersOf } from '../src/dialects/contract.ts';
import { createHub } from '../src/engine/create-hub.ts';
import type { Hub } from '../src/engine/hub.ts';
import type { Caller } from '../src/model/principal.ts';
import { openDatabase } from '../src/store/postgres/database.ts';
import { migrate } from '../src/store/postgres/migrate.ts';
import { dialects } from './dialects.ts';
import { testReaders } from './set-of.ts';
import { query } from './steps.ts';

export const testSecretKey = 'a secret key for tests, of 32 characters and more';

export type FreshHub = {
  hub: Hub;
  databaseUrl: string;
  admin: Caller;
  power: Caller;
  member: Caller;
  /** A further hub on the same database, as a second server would have. */
  secondHub(): Hub;
  close(): Promise<void>;
};

/** As the product sets it, a log-in is a quarter of a second of work, and hundreds of tests sign in. */
const passwordCost = { N: 2, r: 1, p: 1 };

const template = 'keyway_demo_template';

export async function freshHub(): Promise<FreshHub> {
  templateIsThere ??= ensureTemplate();
  await templateIsThere;
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const server = inject('databaseUrl');
  // Its files are copied, and not the pages in them through the log: a third of the work, and half of that of dropping it.
  await query(server, `create database ${name} template ${template} strategy file_copy`);
  const databaseUrl = urlOf(name);
  const open = (): Hub =>
    createHub({
      database: openDatabase({ connection: { connectionString: databaseUrl }, onError: () => {} }),
      secretKey: testSecretKey,
      setReaders: { ...setReadersOf(dialects), ...testReaders },
      passwordCost,
    });
  const hub = open();
  const others: Hub[] = [];
  const callerOf = async (token: string): Promise<Caller> => {
    const principal = await hub.access.bearer(token, 'native');
    if (principal === undefined) throw new Error(`The demo has no key ${token}`);
    return { principal, via: 'test', requestId: 'test' };
  };
  return {
    hub,
    databaseUrl,
    admin: await callerOf('kw_demo_admin'),
    power: await callerOf('kw_demo_power'),
    member: await callerOf('kw_demo_member'),
    secondHub() {
      const second = open();
      others.push(second);
      return second;
    },
    async close() {
      await Promise.all([hub, ...others].map((one) => one.close()));
      await query(server, `drop database if exists ${name} with (force)`);
    },
  };
}

function urlOf(database: string): string {
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${database}`;
  return url.href;
}

let templateIsThere: Promise<void> | undefined;

/** Test files run in several processes: whoever holds the lock first makes the template, under another name until it is whole. */
async function ensureTemplate(): Promise<void> {
  const client = new pg.Client({ connectionString: inject('databaseUrl') });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock(hashtext('keyway template'))");
    const known = await client.query('select 1 from pg_database where datname = $1', [template]);
    if (known.rowCount !== 1) await makeTemplate(client);
  } finally {
    await client.end();
  }
}

async function makeTemplate(client: pg.Client): Promise<void> {
  const building = `${template}_building`;
  await client.query(`drop database if exists ${building} with (force)`);
  await client.query(`create database ${building}`);
  const connection = { connectionString: urlOf(building) };
  await migrate(connection);
  const hub = createHub({ database: openDatabase({ connection }), secretKey: testSecretKey, passwordCost });
  await loadDemo(hub);
  await hub.close();
  await client.query(`alter database ${building} rename to ${template}`);
}

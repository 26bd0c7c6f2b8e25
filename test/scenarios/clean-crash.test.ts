// `keyway clean` that is killed with -9: whole commits are gone or there, as far as any reader is shown, and the next cleaning goes on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FreshHub, freshHub, testSecretKey } from '../fresh-hub.ts';
import { amend } from '../steps.ts';

let fresh: FreshHub;
let client: pg.Client;
beforeAll(async () => {
  fresh = await freshHub();
  client = new pg.Client({ connectionString: fresh.databaseUrl });
  await client.connect();
  await amend(fresh.hub, fresh.admin, (current) => ({ ...current, retention: { changes: '30d', tombstones: '30d' } }));
});
afterAll(async () => {
  await client.end();
  await fresh.close();
});

const [commits, rowsEach, tombstones] = [700, 100, 3_000];
const numberOf = async (sql: string): Promise<number> => Number((await client.query(sql)).rows[0].n);
const oldChanges = () => numberOf("select count(*) as n from change where request = 'old'");
const oldTombstones = () => numberOf("select count(*) as n from record where external_id like 'gone-%'");

/** Commits of two months ago, each of many changes, and records that were deleted then. */
async function makeOld(): Promise<void> {
  const { workspace } = fresh.admin.principal;
  const old = "now() - interval '60 days'";
  await client.query(
    `insert into record (workspace_id, number, type, external_id, data, version, created_at, updated_at, created_by, updated_by, deleted_at)
     select $1, 10000000 + g, (select min(type) from record), 'gone-' || g, '{}', 1, ${old}, ${old}, 1, 1, ${old}
     from generate_series(1, ${tombstones}) g on conflict do nothing`,
    [workspace],
  );
  await client.query(
    `insert into commit (workspace_id, commit, batch, at, changes_before)
     select $1, g - ${commits}, g - ${commits}, ${old}, 0 from generate_series(1, ${commits}) g`,
    [workspace],
  );
  await client.query(
    `insert into change (workspace_id, batch, row, kind, number, version, principal_id, via, request, at)
     select $1, g - ${commits}, r, 'deleted', 10000000 + 1 + (g * ${rowsEach} + r) % ${tombstones}, 1, 1, 'test', 'old', ${old}
     from generate_series(1, ${commits}) g, generate_series(0, ${rowsEach} - 1) r`,
    [workspace],
  );
}

it('leaves nothing half done where it is killed, and the next cleaning goes on', async () => {
  const all = commits * rowsEach;
  let left = 0;
  const shares = [0.9, 0.4];
  while (shares[0] !== undefined) {
    // At first, and where all was gone before it was seen how far it was.
    if (left === 0) await makeOld();
    const before = await oldChanges();
    const child = spawn(process.execPath, ['src/keyway.js', 'clean', '--database-url', fresh.databaseUrl], {
      env: { ...process.env, KEYWAY_SECRET_KEY: testSecretKey },
      stdio: 'ignore',
    });
    const exited = once(child, 'exit');
    while (child.exitCode === null && (await oldChanges()) > all * shares[0]);
    child.kill('SIGKILL');
    await exited;
    // Whoever died has claimed the workspace for a while.
    await client.query("update cleaning set claimed_until = now() - interval '1 second' where claimed_by is not null");
    left = await oldChanges();
    if (left === 0) continue;
    shares.shift();
    expect(left).toBeLessThan(before);
    // Readers are shown what stands from changes_from on, and all of that is there.
    const halves = await numberOf(
      `select count(*) as n from commit c
       where at < now() - interval '59 days' and commit >= coalesce((select max(changes_from) from cleaning), 0)
         and (select count(*) from change where batch = c.batch) <> ${rowsEach}`,
    );
    expect(halves).toBe(0);
    expect(await oldTombstones()).toBe(tombstones); // none goes before its last change
  }
  expect(await fresh.hub.clean(fresh.admin, { plan: false })).toMatchObject({ kind: 'cleaned', more: false });
  expect([await oldChanges(), await oldTombstones()]).toEqual([0, 0]);
  expect(await numberOf("select count(*) as n from commit where at < now() - interval '59 days'")).toBe(0);
});

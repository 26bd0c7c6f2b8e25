/** What becomes of runs from the command line: `keyway runs`, `issues`, `approve`, `cancel` and `revert`, as processes against a server. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../test/fresh-server.ts';
import { keyway } from '../../../test/keyway-process.ts';

let server: FreshServer;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  server = await freshServer();
  folder = await mkdtemp(join(tmpdir(), 'keyway-runs-'));
  env = { KEYWAY_URL: server.url, KEYWAY_API_KEY: 'kw_demo_admin' };
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => keyway(args, { env });

async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await fetch(`${server.url}/v1/${path}`, {
    method,
    headers: { authorization: 'Bearer kw_demo_admin', 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Answer;
}
type Run = { readonly id: string; readonly number: number; readonly state: string };
const send = (rows: readonly object[]) => call<Run>('POST', 'interfaces/myendpoint/runs', rows);
const rows = (...keys: string[]) => keys.map((external_id) => ({ external_id, name: external_id }));
const guard = (deletes: number | null) => call('PATCH', 'interfaces/myendpoint', { guard: { deletes } });
const elements = async () =>
  (await call<{ items: { fields: { external_id: string } }[] }>('GET', 'records/element?limit=100')).items
    .map(({ fields }) => fields.external_id)
    .sort();

beforeEach(async () => {
  await guard(null);
  await send(rows('E-1', 'E-2', 'E-3'));
});

describe('keyway runs', () => {
  it('lists runs, newest first: of all interfaces or of one, by state', async () => {
    const flawed = await send([...rows('E-1', 'E-2'), { external_id: 'E-3', length: 'long' }]);
    const all = await run('runs');
    expect(all).toMatchObject({ code: 0, stderr: '' });
    const [head, first, second] = all.stdout.split('\n');
    expect(head).toMatch(
      /^RUN +INTERFACE +STATE +RECEIVED AT +RECEIVED +CREATED +UPDATED +DELETED +REJECTED +HELD DELETES +ISSUES$/,
    );
    expect(first).toMatch(new RegExp(`^${flawed.number} +myendpoint +partial +\\d{4}-\\d\\d-\\d\\d .* 3 +0 +`));
    expect(second).toMatch(/ applied /);
    const chosen = await run('runs', 'myendpoint', '--state', 'partial', '--limit', '1');
    expect(chosen.stdout.trim().split('\n')).toHaveLength(2);
    const [json] = JSON.parse((await run('runs', '--json', '--limit', '1')).stdout);
    expect(json).toMatchObject({ id: flawed.id, state: 'partial', issues: 1 });
  });

  it('says what is wrong: the interface, the key, the server', async () => {
    const unknown = await run('runs', 'nowhere');
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('There is no interface "nowhere"')]);
    const badKey = await keyway(['runs'], { env: { ...env, KEYWAY_API_KEY: 'kw_none' } });
    expect([badKey.code, badKey.stderr]).toEqual([1, expect.stringContaining('The API key is not valid here.')]);
    const noServer = await keyway(['runs'], { env: { ...env, KEYWAY_URL: 'http://127.0.0.1:1' } });
    expect([noServer.code, noServer.stderr]).toEqual([1, 'keyway: Cannot reach http://127.0.0.1:1: ECONNREFUSED.\n']);
  });
});

describe('what others wrote', () => {
  // A key that would take a line back, begin one of its own, and turn what follows around
  const key = 'E\u001b[1A\n- element E-1\u009b2K\u202e';
  const shown = String.raw`E\u001b[1A\u000a- element E-1\u009b2K\u202e`;

  it('stays in its place of a line: in plans, issues, and lists of what is held', async () => {
    await writeFile(join(folder, 'awkward.json'), JSON.stringify([{ external_id: key, name: key, length: key }]));
    const plan = await run('sync', 'myendpoint', join(folder, 'awkward.json'), '--plan');
    expect(plan.stdout.split('\n')[0]).toBe(`+ element ${shown}`);
    expect(plan.stdout.match(/^- /gm)).toHaveLength(3);
    const sent = await run('sync', 'myendpoint', join(folder, 'awkward.json'));
    expect(sent.stdout).toContain(`error invalid_value (${shown}, length): `);
    await guard(0);
    await send([]);
    const [{ number }] = JSON.parse((await run('runs', '--json', '--limit', '1')).stdout);
    const held = await run('approve', String(number), '--plan');
    expect(held.stdout).toContain(`- element ${shown}\n`);
    for (const { stdout } of [plan, sent, held]) expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u);
  });
});

describe('keyway issues', () => {
  it('prints what a run found, chosen by severity, code and key, or saves it as a file to be mended', async () => {
    const { number } = await send([{ external_id: 'E-1', length: 'long', nmae: 'x' }, ...rows('E-2', 'E-3')]);
    const id = String(number);
    const all = await run('issues', id);
    expect(all.code).toBe(0);
    expect(all.stdout).toMatch(/^error invalid_value \(E-1, length\): .+\n {2}Send .+$/m);
    expect(all.stdout).toMatch(/^warning unknown_member \(E-1, nmae\): /m);
    const errors = await run('issues', id, '--severity', 'error', '--code', 'invalid_value', '--key', 'E-1', '--open');
    expect(errors.stdout.match(/^(error|warning) /gm)).toEqual(['error ']);
    expect((await run('issues', id, '--key', 'E-2')).stdout).toBe('No issues.\n');
    expect((await run('issues', id, '--limit', '1')).stdout).toMatch(/\nThere are more: .*--out FILE/);
    const file = join(folder, 'issues.csv');
    expect(await run('issues', id, '--out', file)).toMatchObject({ code: 0, stdout: '' });
    expect(await readFile(file, 'utf8')).toMatch(/^external_id,length,nmae,.*_message/);
    const lines = (await run('issues', id, '--format', 'ndjson')).stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).code).sort()).toEqual(['invalid_value', 'unknown_member']);
    expect((await run('issues', '999999')).stderr).toContain('There is no run "999999"');
  });
});

describe('keyway approve and cancel', () => {
  let id: string;
  beforeEach(async () => {
    await guard(1);
    id = String((await send(rows('E-1'))).number);
  });

  it('list what is held, delete it for the number that is said, and no more', async () => {
    await call('PATCH', 'records/element/external_id:E-2', { fields: { internal_note: 'Ours' } });
    const listed = await run('approve', id, '--plan');
    expect(listed.code).toBe(2);
    expect(listed.stdout).toBe(
      '! element E-2 (stays): it was changed since it was held\n- element E-3\n\n1 to go, 1 to stay.\n',
    );
    const fewer = await run('approve', id, '--deletes', '0');
    expect([fewer.code, fewer.stderr]).toEqual([1, expect.stringContaining('it would be 1 delete now')]);
    const approved = await run('approve', id, '--deletes', '2');
    expect(approved.stdout).toMatch(/^Run: +[0-9a-f-]{36}\nState: +partial\n[\s\S]*^Deleted: +1$/m);
    expect(approved.stdout).toContain(`1 record stays: keyway issues ${id} says why.\n`);
    expect([approved.code, await elements()]).toEqual([1, ['E-1', 'E-2']]);
    const again = await run('approve', id, '--deletes', '2');
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('was approved')]);
  });

  it('exit with 0 when all of it is done', async () => {
    const approved = await run('approve', id, '--deletes', '2');
    expect([approved.code, approved.stdout]).toEqual([0, expect.stringMatching(/^State: +applied$/m)]);
    const nothing = await run('approve', id, '--plan');
    expect([nothing.code, nothing.stdout]).toEqual([0, '0 to go, 0 to stay.\n']);
  });

  it('let go of it', async () => {
    const cancelled = await run('cancel', id);
    expect([cancelled.code, cancelled.stdout]).toEqual([0, expect.stringMatching(/^State: +partial$/m)]);
    expect(cancelled.stdout).toMatch(/2 deletes, was cancelled by /);
    expect(await elements()).toEqual(['E-1', 'E-2', 'E-3']);
  });

  it.each([
    [['approve'], /missing required argument 'RUN'/],
    [['approve', '1'], /Say with --deletes how many/],
    [['approve', '1', '--deletes', 'all'], /Say with --deletes how many/],
    [['approve', '1', '--deletes', '1', '--plan'], /cannot be used with option/],
    [['cancel'], /missing required argument 'RUN'/],
    [['revert', '1', '--plan', '--plan-id', 'x'], /cannot be used with option/],
    [['issues', '1', '--severity', 'bad'], /Allowed choices are error, warning/],
  ])('refuse %j with 64', async (args, said) => {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout, stderr]).toEqual([64, '', expect.stringMatching(said)]);
  });
});

describe('keyway revert', () => {
  it('says what it would take back, exits with 2, and does so by the id of the plan', async () => {
    const { number } = await send([{ external_id: 'E-1', name: 'Pump' }, ...rows('E-2', 'E-4')]);
    const id = String(number);
    const plan = await run('revert', id, '--plan');
    expect([plan.code, plan.stderr]).toEqual([2, '']);
    expect(plan.stdout).toMatch(/^~ element E-1\n {4}name: "Pump" -> "E-1"\n/m);
    expect(plan.stdout).toMatch(/^- element E-4$/m);
    expect(plan.stdout).toMatch(/\n0 to create, 1 to revive, 1 to update, 1 to delete, 0 held\.\n$/);
    const { plan_id: planId } = JSON.parse((await run('revert', id, '--plan', '--json')).stdout);
    const done = await run('revert', id, '--plan-id', planId);
    expect([done.code, done.stdout]).toEqual([0, expect.stringMatching(/^Run: +[0-9a-f-]{36}\nReceived: +2\n/)]);
    expect(await elements()).toEqual(['E-1', 'E-2', 'E-3']);
    const again = await run('revert', id);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('was reverted already')]);
  });

  it('lists what it leaves, as it was changed since, and exits with 1', async () => {
    const { number } = await send(rows('E-1', 'E-2', 'E-3', 'E-5'));
    await call('PATCH', 'records/element/external_id:E-5', { fields: { internal_note: 'Ours' } });
    const plan = await run('revert', String(number), '--plan');
    expect([plan.code, plan.stdout]).toEqual([
      0,
      expect.stringMatching(
        /^! element E-5 \(left as it is\)\n {4}Element E-5 was left as it is: [\s\S]*\n1 left as it is\.\n/,
      ),
    ]);
    const done = await run('revert', String(number));
    expect([done.code, done.stdout]).toEqual([1, expect.stringMatching(/^Element E-5 was left as it is: /m)]);
  });

  it('takes back an import', async () => {
    const file = join(folder, 'contacts.csv');
    await writeFile(file, 'external_id,name\nI-1,One\nI-2,Two\n');
    const [, id = ''] = /^Import: +(\S+)/.exec((await run('import', 'contact', file)).stdout) ?? [];
    const plan = await run('revert', id, '--import', '--plan');
    expect([plan.code, plan.stdout]).toEqual([
      2,
      expect.stringMatching(/^- contact I-\d$[\s\S]*\n0 to create, .* 2 to delete/m),
    ]);
    const done = await run('revert', id, '--import');
    expect([done.code, done.stdout]).toEqual([0, expect.stringMatching(/^Import: [\s\S]*^Deleted: +2$/m)]);
    expect((await run('revert', 'none', '--import')).stderr).toContain('There is no import "none"');
  });
});

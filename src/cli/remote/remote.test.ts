/** `keyway import`, `sync` and `export`, as processes against a server that they know by its address only. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../test/fresh-server.ts';
import { keyway } from '../../../test/keyway-process.ts';

let server: FreshServer;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  server = await freshServer();
  folder = await mkdtemp(join(tmpdir(), 'keyway-remote-'));
  env = { KEYWAY_URL: server.url, KEYWAY_API_KEY: 'kw_demo_admin' };
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function fileOf(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}
const run = (args: readonly string[], added: Record<string, string> = {}) =>
  keyway(args, { env: { ...env, ...added } });
const contacts = (name: string, count: number): string =>
  Array.from({ length: count }, (_, index) => JSON.stringify({ external_id: `${name}-${index}`, name: 'x' })).join(
    '\n',
  );

describe('keyway import', () => {
  it('sends a file and prints what became of its rows', async () => {
    const file = await fileOf('contacts.ndjson', contacts('A', 1234));
    const first = await run(['import', 'contact', file, '--key', 'external_id']);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^Import: +[0-9a-f-]{36}\nReceived: +1,234\nCreated: +1,234\nUpdated: +0\n/);
    expect((await run(['import', 'contact', file])).stdout).toMatch(/^Unchanged: +1,234$/m);
  });

  it('reads CSV, JSON and standard input', async () => {
    const csv = await fileOf('some.csv', 'external_id,email\nA-1,a@b.test\n');
    expect((await run(['import', 'contact', csv])).stdout).toMatch(/^Updated: +1$/m);
    const json = await fileOf('some.json', '[{"external_id": "A-2", "name": "y"}]');
    expect((await run(['import', 'contact', json, '--mode', 'update'])).stdout).toMatch(/^Updated: +1$/m);
    const piped = await keyway(['import', 'contact', '-', '--format', 'ndjson'], { env, input: contacts('B', 2) });
    expect(piped.stdout).toMatch(/^Created: +2$/m);
  });

  it('shows what was rejected, saves it to be mended, and exits with 1', async () => {
    const file = await fileOf('flawed.csv', 'external_id,email,nmae\nF-1,f@x.test,\nF-2,,Fay\n');
    const saved = join(folder, 'rejected.csv');
    const { code, stdout, stderr } = await run(['import', 'contact', file, '--rejected', saved]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Rejected: +1$/m);
    expect(stderr).toMatch(/^line 3 \(F-2\): Record type contact has no field nmae\./);
    expect(await readFile(saved, 'utf8')).toMatch(/^external_id,email,nmae,_message\nF-2,,Fay,line 3: /);
  });

  it('reads decimal commas where they are said, in plans too', async () => {
    const file = await fileOf('commas.csv', 'external_id,incurred\nD-1,"1.234,5"\n');
    const args = ['import', 'claim', file, '--decimal', 'comma'];
    expect((await run([...args, '--plan'])).stdout).toContain('incurred: null -> 1234.5');
    expect((await run(args)).stdout).toMatch(/^Created: +1$/m);
    expect((await run(['import', 'claim', file])).stdout).toMatch(/^Rejected: +1$/m);
  });

  it('links records with --links', async () => {
    const file = await fileOf('links.csv', 'left,right,role\n5001,A-5,Broker\n5001,A-6,\n');
    const args = ['import', '--links', 'claim.contacts', '--right-key', 'external_id', file];
    expect((await run(args)).stdout).toMatch(/^Created: +2$/m);
  });

  it('goes on by itself when the connection breaks, and writes every row once', async () => {
    const proxy = await breakingProxy(server.url, [300_000, 900_000]);
    try {
      const file = await fileOf('many.ndjson', contacts('M', 40_000));
      const { code, stdout, stderr } = await run(['import', 'contact', file], { KEYWAY_URL: proxy.url });
      expect(stderr).toMatch(/The connection broke: .* [\d,]+ rows are done; going on in 1 s\./);
      expect([code, proxy.connections()]).toEqual([0, 3]);
      expect(stdout).toMatch(/^Received: +40,000\nCreated: +40,000\n/m);
    } finally {
      await proxy.close();
    }
  });

  it.each([
    [['import', 'contact'], /FILE is missing/],
    [['import', 'contact', 'rows.txt'], /Say with --format what rows\.txt is/],
    [
      ['import', '--links', 'claim.contacts', 'rows.csv', '--key', 'x'],
      /--key, --mode and --decimal do not go with --links/,
    ],
    [['import', 'contact', 'x.csv', '--mode', 'replace'], /Allowed choices are upsert, create, update/],
    [['import', 'contact', 'x.csv', '--url', 'nowhere'], /--url: must be the address of a server/],
    [['export'], /Say what to export/],
    [['export', 'contact', '--filter', 'x'], /--filter x: must be FIELD=VALUE/],
  ])('refuses %j with 64', async (args, said) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([64, '']);
    expect(stderr).toMatch(said);
  });

  it('says in plain words what is wrong', async () => {
    const file = await fileOf('one.ndjson', contacts('O', 1));
    const noKey = await run(['import', 'contact', file], { KEYWAY_API_KEY: '' });
    expect([noKey.code, noKey.stderr]).toEqual([64, expect.stringContaining('KEYWAY_API_KEY: must be set')]);
    const badKey = await run(['import', 'contact', file], { KEYWAY_API_KEY: 'kw_none' });
    expect([badKey.code, badKey.stderr]).toEqual([1, expect.stringContaining('The API key is not valid here.')]);
    const noServer = await run(['import', 'contact', file], { KEYWAY_URL: 'http://127.0.0.1:1' });
    expect([noServer.code, noServer.stderr]).toEqual([1, expect.stringContaining('Cannot reach http://127.0.0.1:1')]);
    const noType = await run(['import', 'contract', file]);
    expect([noType.code, noType.stderr]).toEqual([1, expect.stringContaining('Did you mean contact?')]);
    const noFile = await run(['import', 'contact', join(folder, 'none.csv')]);
    expect([noFile.code, noFile.stderr]).toEqual([1, expect.stringContaining('there is no such file')]);
  });
});

describe('keyway export', () => {
  it('writes what an import takes and finds unchanged, to a file or to standard output', async () => {
    for (const format of ['csv', 'ndjson']) {
      const out = join(folder, `claims.${format}`);
      const filter = ['--filter', 'external_id[null]=false'];
      expect(await run(['export', 'contact', '--format', format, '--out', out, ...filter])).toMatchObject({ code: 0 });
      const again = await run(['import', 'contact', out]);
      expect(again.stdout).toMatch(/^Created: +0\nUpdated: +0\nUnchanged: +[1-9]/m);
    }
    const links = await run(['export', '--links', 'claim.contacts', '--format', 'csv', '--limit', '2']);
    expect(links.stdout.split('\n')).toHaveLength(4);
    expect(links.stdout).toMatch(/^left,right,role\n/);
  });
});

describe('keyway sync', () => {
  it('submits a complete set, and says what became of it', async () => {
    const file = await fileOf('elements.ndjson', '{"external_id": "E-1", "name": "Pump"}\n{"external_id": "E-2"}');
    const first = await run(['sync', 'myendpoint', file]);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^Run: +[0-9a-f-]{36}\nState: +applied\nReceived: +2\nCreated: +2\n/);
    const row = (key: string, more = ''): string => `<row><external_id>${key}</external_id>${more}</row>`;
    const xml = await fileOf('elements.xml', `<rows>${row('E-1', '<name>Pump</name>')}${row('E-2')}</rows>`);
    expect((await run(['sync', 'myendpoint', xml])).stdout).toMatch(/^Unchanged: +2$/m);
    expect((await run(['import', 'contact', xml])).stderr).toContain('ndjson, json, csv');
    const flawed = await fileOf('flawed.ndjson', '{"external_id": "E-1", "length": "long"}\n{"external_id": "E-2"}');
    const issues = await run(['sync', 'myendpoint', flawed]);
    expect(issues.code).toBe(1);
    expect(issues.stdout).toMatch(
      /\n1 issue:\n {2}error invalid_value \(E-1, length\): .+\n {4}Send .+\nAll of them: http:.*\/v1\/runs\/[0-9a-f-]{36}\/issues\n$/,
    );
    const rows = Array.from({ length: 25 }, (_, row) => `{"external_id": "M-${row}", "length": "long"}`);
    const many = await run(['sync', 'myendpoint', await fileOf('many.ndjson', rows.join('\n'))]);
    expect(many.stdout).toContain('\n25 issues, of which the first are:\n');
    expect(many.stdout.match(/^ {2}error invalid_value /gm)).toHaveLength(20);
    const broken = await run([
      'sync',
      'myendpoint',
      await fileOf('broken.csv', 'external_id,name\n,One\nE-2,Two\n,Three\n'),
    ]);
    const told = 'Every row needs its key: send external_id as text or number.';
    expect([broken.code, broken.stderr]).toEqual([1, expect.stringContaining(`[0]: ${told}`)]);
    expect(broken.stderr).toContain(`[2]: ${told}`);
    const unknown = await run(['sync', 'nowhere', file]);
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('There is no interface "nowhere"')]);
  });
});

describe('a refusal that comes before all of the body is sent', () => {
  it('ends the command at once: the connection would wait for the rest', async () => {
    // It answers when the body begins, and never takes its end.
    const early = createServer((client) => {
      client.once('data', () => {
        const problem = JSON.stringify({ code: 'x', status: 400, detail: 'No.', remedy: 'Do.', violations: [] });
        client.write(
          `HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncontent-length: ${problem.length}\r\n\r\n${problem}`,
        );
      });
      client.on('error', () => {});
    });
    await new Promise<void>((done) => early.listen(0, '127.0.0.1', done));
    const { port } = early.address() as { port: number };
    const large = await fileOf('large.ndjson', contacts('L', 200_000));
    const ended = run(['sync', 'myendpoint', large], { KEYWAY_URL: `http://127.0.0.1:${port}` });
    const late = new Promise((done) => setTimeout(() => done('late'), 60_000).unref());
    expect(await Promise.race([ended, late])).toMatchObject({ code: 1, stderr: expect.stringContaining('Do.') });
    early.close();
  });
});

describe('keyway sync, and replay, of files that others made', () => {
  it('reads decimal commas where they are said, and a file that was made for another API', async () => {
    const commas = await fileOf('commas.csv', 'external_id,length\nO-1,"1.234,5"\n');
    const synced = await run(['sync', 'myendpoint', commas, '--decimal', 'comma']);
    expect([synced.code, synced.stdout]).toEqual([0, expect.stringMatching(/^State: +applied$/m)]);
    const vendors = await fileOf('vendors.json', '{"Elements": [{"@externalid": "O-1", "Length": 1234.5}]}');
    const planned = await run(['sync', 'myendpoint', vendors, '--form', 'relatics', '--plan']);
    expect([planned.code, planned.stderr]).toEqual([0, '']); // it is what is stored
    expect((await run(['sync', 'myendpoint', vendors, '--form', 'relatics'])).stdout).toMatch(/^Unchanged: +1$/m);
    const refused = await run(['sync', 'myendpoint', vendors]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('must be one JSON array')]);

    const flawed = await run(['sync', 'myendpoint', await fileOf('flawed.csv', 'external_id,length\nO-1,long\n')]);
    const id = /^Run: +(\S+)$/m.exec(flawed.stdout)?.[1] ?? '';
    expect(await run(['replay', id, commas, '--decimal', 'comma'])).toMatchObject({ code: 0 });
    const unsaid = await run(['replay', id, commas]);
    expect([unsaid.code, unsaid.stdout]).toEqual([1, expect.stringContaining('1.234,5')]);
  });
});

describe('keyway sync --scope', () => {
  it('says what the set is everything of, in plans too, and deletes nothing else', async () => {
    const both = await fileOf(
      'both.json',
      '[{"external_id": "S-1", "name": "A"}, {"external_id": "S-2", "name": "B"}]',
    );
    await run(['sync', 'myendpoint', both]);
    const empty = await fileOf('none.json', '[]');
    const planned = await run(['sync', 'myendpoint', empty, '--scope', 'name=A', '--plan']);
    expect([planned.code, planned.stdout]).toEqual([2, expect.stringMatching(/0 to update, 1 to delete, 0 held/)]);
    const scoped = await run(['sync', 'myendpoint', empty, '--scope', 'name=A']);
    expect([scoped.code, scoped.stdout]).toEqual([0, expect.stringMatching(/^Deleted: +1$/m)]);
    const wrong = await run(['sync', 'myendpoint', empty, '--scope', 'name']);
    expect([wrong.code, wrong.stderr]).toEqual([64, expect.stringContaining('region=EU')]);
  });
});

describe('keyway sync --plan', () => {
  it('shows in the manner of Terraform what a set would do, exits with 2 when there is something, and is applied by its id', async () => {
    await run(['sync', 'myendpoint', await fileOf('empty.json', '[]')]);
    const file = await fileOf('planned.json', '[{"external_id": "T-1", "name": "Pump"}, {"external_id": "T-2"}]');
    const first = await run(['sync', 'myendpoint', file, '--plan']);
    expect([first.code, first.stderr]).toEqual([2, '']);
    expect(first.stdout).toMatch(
      /^\+ element T-1\n {4}external_id: null -> "T-1"\n {4}name: null -> "Pump"\n\+ element T-2\n/,
    );
    expect(first.stdout).toMatch(/\n2 to create, 0 to update, 0 to delete, 0 held\.\n$/);
    const again = JSON.parse((await run(['sync', 'myendpoint', file, '--plan', '--json'])).stdout);
    expect(again.actions).toMatchObject({ create: 2 });
    const applied = await run(['sync', 'myendpoint', file, '--plan-id', again.plan_id]);
    expect([applied.code, applied.stdout]).toEqual([0, expect.stringMatching(/^Created: +2$/m)]);
    const stale = await run(['sync', 'myendpoint', file, '--plan-id', again.plan_id]);
    expect([stale.code, stale.stderr]).toEqual([1, expect.stringContaining('was applied already')]);
    const changed = await fileOf('changed.json', '[{"external_id": "T-1", "name": "Pumps"}]');
    const next = await run(['sync', 'myendpoint', changed, '--plan']);
    expect(next.stdout).toMatch(/^~ element T-1\n {4}name: "Pump" -> "Pumps"\n- element T-2\n/);
    expect(next.stdout).toMatch(/\n0 to create, 1 to update, 1 to delete, 0 held\.\n$/);
    const nothing = await run(['sync', 'myendpoint', file, '--plan']);
    expect([nothing.code, nothing.stdout]).toEqual([0, '0 to create, 0 to update, 0 to delete, 0 held.\n']);
  });

  it('shows what a set leaves out that stays by the delete policy of its interface', async () => {
    const settings = (delete_policy: string) =>
      fetch(`${server.url}/v1/interfaces/myendpoint`, {
        method: 'PATCH',
        headers: { authorization: 'Bearer kw_demo_admin', 'content-type': 'application/json' },
        body: JSON.stringify({ delete_policy }),
      });
    await run(['sync', 'myendpoint', await fileOf('two.json', '[{"external_id": "T-1"}, {"external_id": "T-2"}]')]);
    expect((await settings('unlink')).status).toBe(200);
    const planned = await run(['sync', 'myendpoint', await fileOf('one.json', '[{"external_id": "T-1"}]'), '--plan']);
    expect([planned.code, planned.stdout]).toEqual([2, expect.stringMatching(/^- element T-2 \(stays\)\n/)]);
    expect(planned.stdout).toContain('\n1 to let go of: not in the set, and they stay.\n');
    await settings('delete');
  });
});

describe('keyway import --plan', () => {
  it('shows what an import would do, and is applied by its id', async () => {
    const file = await fileOf('imported.csv', 'external_id,name\nI-1,One\nI-2,Two\n');
    const shown = await run(['import', 'contact', file, '--plan']);
    expect([shown.code, shown.stdout]).toEqual([2, expect.stringMatching(/^\+ contact I-1\n[\s\S]*\n2 to create, /)]);
    const { plan_id: id } = JSON.parse((await run(['import', 'contact', file, '--plan', '--json'])).stdout);
    const applied = await run(['import', 'contact', file, '--plan-id', id]);
    expect([applied.code, applied.stdout]).toEqual([0, expect.stringMatching(/^Created: +2$/m)]);
    const nothing = await run(['import', 'contact', file, '--plan']);
    expect([nothing.code, nothing.stdout]).toEqual([0, '0 to create, 0 to update, 0 to delete, 0 held.\n']);
  });
});

describe('keyway import --force', () => {
  it('writes what another owns, and its plan says what gives way', async () => {
    const set = await fileOf('owned.json', '[{"external_id": "F-1", "name": "Pmup"}]');
    await run(['sync', 'myendpoint', set]);
    const mended = await fileOf('mended.csv', 'external_id,name\nF-1,Pump\n');
    expect((await run(['import', 'element', mended])).stdout).toMatch(/^Rejected: +1$/m);
    const shown = await run(['import', 'element', mended, '--force', '--plan']);
    expect([shown.code, shown.stdout]).toEqual([2, expect.stringContaining('name: "Pmup" -> "Pump" (forced)\n')]);
    expect((await run(['import', 'element', mended, '--force'])).stdout).toMatch(/^Updated: +1$/m);
  });
});

describe('keyway replay', () => {
  it('applies what a run rejected, as a file says, and says what is still wrong', async () => {
    await run([
      'sync',
      'myendpoint',
      await fileOf('set.json', '[{"external_id": "Y-1", "length": "long"}, {"external_id": "Y-2"}]'),
    ]);
    const { items } = (await (
      await fetch(`${server.url}/v1/runs?limit=1`, { headers: { authorization: 'Bearer kw_demo_admin' } })
    ).json()) as { items: { id: string }[] };
    const id = items[0]?.id ?? '';
    const still = await run(['replay', id, '--element', '0', '--plan']);
    expect([still.code, still.stdout]).toEqual([1, expect.stringMatching(/^0 to create, 0 to update, .*\nY-1: /)]);
    const mended = await fileOf('mended.csv', 'external_id,length\nY-1,7\n');
    const plan = await run(['replay', id, mended, '--plan']);
    expect([plan.code, plan.stdout]).toEqual([2, expect.stringMatching(/^~ element Y-1\n {4}length: null -> 7/)]);
    const { plan_id: planId } = JSON.parse((await run(['replay', id, mended, '--plan', '--json'])).stdout);
    const done = await run(['replay', id, mended, '--plan-id', planId]);
    expect([done.code, done.stdout]).toEqual([0, expect.stringMatching(/^Updated: +1$/m)]);
    const nothing = await run(['replay', id]);
    expect([nothing.code, nothing.stderr]).toEqual([1, expect.stringContaining('no elements that were rejected')]);
    const both = await run(['replay', id, mended, '--element', '0']);
    expect([both.code, both.stderr]).toEqual([64, expect.stringContaining('--element')]);
  });
});

/** Cuts each connection after so many bytes of the client's; those after the last are left alone. */
async function breakingProxy(target: string, afterBytes: readonly number[]) {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let made = 0;
  const proxy = createServer((client) => {
    const most = afterBytes[made++] ?? Number.POSITIVE_INFINITY;
    const upstream = connect(Number(port), hostname);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
      one.pipe(other);
    }
    let bytes = 0;
    let said = '';
    let isBroken = false;
    // Not before the sender has been told which import it is: it could not go on with that.
    const breakOff = (): void => {
      if (isBroken || bytes <= most || !said.includes('"import"')) return;
      isBroken = true;
      setTimeout(() => client.resetAndDestroy(), 250);
    };
    client.on('data', (piece) => {
      bytes += piece.length;
      breakOff();
    });
    upstream.on('data', (piece) => {
      said += piece;
      breakOff();
    });
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  const address = proxy.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    connections: () => made,
    close: () =>
      new Promise<void>((closed) => {
        for (const socket of sockets) socket.destroy();
        proxy.close(() => closed());
      }),
  };
}

import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { keyway, type ServingKeyway, serveKeyway } from '../../test/keyway-process.ts';
import { served } from '../../test/scenarios/served.ts';

let folder: string;
let serving: ServingKeyway | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyway-serve-double-'));
});
afterEach(async () => {
  await serving?.stop();
  serving = undefined;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const serve = async (args: string[], env: Record<string, string> = {}): Promise<ServingKeyway> => {
  serving = await serveKeyway(args, env);
  return serving;
};
const status = async (url: string): Promise<number> =>
  (await fetch(url, { headers: { authorization: 'Bearer kw_demo_admin', connection: 'close' } })).status;

describe('keyway serve --double', () => {
  it('serves the demo from a temporary folder, which is gone at the end, whatever database the environment names', async () => {
    const { url, output, stop } = await serve(['--double'], {
      TMPDIR: folder,
      KEYWAY_DATA: join(folder, 'of-a-server'),
      DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
    });
    expect(output.stdout).toContain(`Test double        ${url}/v1/double`);
    expect(await status(`${url}/v1/records/contact`)).toBe(200);
    expect(await status(`${url}/v1/double/clock`)).toBe(200);
    const names = await readdir(folder);
    expect(names.filter((name) => name.startsWith('keyway-double-'))).toHaveLength(1);
    const { code, stderr } = await stop();
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/warn|error/i);
    expect((await readdir(folder)).filter((name) => name.startsWith('keyway-double-'))).toEqual([]);
    expect(existsSync(join(folder, 'of-a-server'))).toBe(false);
  });

  it.runIf(served('zendesk', 'sugarcrm'))('serves only the dialects that are named, and the native one', async () => {
    const { url } = await serve(['--double', '--dialect', 'zendesk', '--dialect', 'sugarcrm']);
    expect(await status(`${url}/api/v2/custom_objects`)).toBe(200);
    expect(await status(`${url}/rest/v11_10/me`)).toBe(200);
    expect(await status(`${url}/v1/me`)).toBe(200);
    const answer = await fetch(`${url}/services/rest/record/v1/customer`, { headers: { connection: 'close' } });
    expect([answer.status, await answer.json()]).toEqual([404, expect.objectContaining({ code: 'unknown_path' })]);
  });

  it.each([
    [['--double', '--host', '0.0.0.0'], /^keyway: --host: a test double listens on loopback only/m],
    [['--double', '--database-url', 'postgresql://a@b/c'], /^keyway: --database-url: a test double has a database/m],
    [['--double', '--dialect', 'salesforce'], /^keyway: --dialect: there is no salesforce; there are native, /m],
  ])('refuses %j', async (args, said) => {
    const { code, stderr } = await keyway(['serve', '--port', '0', ...args]);
    expect(stderr).toMatch(said);
    expect(code).toBe(64);
  });

  it('refuses the folder of a server; a server has nothing of a double', async () => {
    const dataDir = join(folder, 'server');
    const { url } = await serve(['--demo', '--data', dataDir]);
    for (const path of ['clock', 'snapshots', 'faults', 'requests', '']) {
      expect(await status(`${url}/v1/double/${path}`), path).toBe(404);
    }
    const reset = await fetch(`${url}/v1/double/reset`, { method: 'POST', headers: { connection: 'close' } });
    expect([reset.status, await reset.json()]).toEqual([404, expect.objectContaining({ code: 'unknown_path' })]);
    await serving?.stop();
    const { code, stderr } = await keyway(['serve', '--double', '--port', '0', '--data', dataDir]);
    expect(stderr).toMatch(
      /^keyway: The data folder .* is that of a server: a test double writes only to one of its own\.$/m,
    );
    expect(code).toBe(1);
  });
});

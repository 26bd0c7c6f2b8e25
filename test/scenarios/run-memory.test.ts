// Memory does not grow with the size of a set that is queued, neither while it is received nor while it is applied.
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub, testSecretKey } from '../fresh-hub.ts';
import { type ServerProcess, startServer } from '../server-process.ts';

const mb = 1024 * 1024;
/** The largest that the process ever was, as Linux knows it. */
const peakBytes = (pid: number): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;

describe.runIf(process.platform === 'linux')('a set of 160 MB that is queued', () => {
  let fresh: FreshHub;
  let server: ServerProcess;
  beforeAll(async () => {
    fresh = await freshHub();
    const environment = { KEYWAY_SECRET_KEY: testSecretKey };
    server = await startServer(['--database-url', fresh.databaseUrl], environment);
  });
  afterAll(async () => {
    await server.stop();
    await fresh.close();
  });

  it('is never held as a whole', async () => {
    const rows = 10_000;
    const padding = 'x'.repeat(16 * 1024);
    const headers = { authorization: 'Bearer kw_demo_admin', 'content-type': 'application/x-ndjson' };
    async function* body(): AsyncGenerator<Buffer> {
      for (let row = 0; row < rows; row++)
        yield Buffer.from(`${JSON.stringify({ external_id: `M-${row}`, name: 'm', padding })}\n`);
    }
    const before = peakBytes(server.process.pid ?? 0);
    const grown = (): number => peakBytes(server.process.pid ?? 0) - before;
    const answer = await fetch(`${server.url}/v1/interfaces/myendpoint/runs?wait=0`, {
      method: 'POST',
      headers,
      body: Readable.toWeb(Readable.from(body())) as ReadableStream,
      duplex: 'half',
    } as RequestInit);
    expect(answer.status).toBe(202);
    expect(grown()).toBeLessThan(110 * mb);
    const { id } = (await answer.json()) as { id: string };
    const run = async () =>
      (await (await fetch(`${server.url}/v1/runs/${id}`, { headers })).json()) as { state: string; counts: object };
    await expect.poll(async () => (await run()).state, { timeout: 250_000, interval: 500 }).toBe('partial');
    expect((await run()).counts).toMatchObject({ received: rows, created: rows });
    // Measured with 160 MB and with 400 MB: 165 and 170 MB more than at the start, most of it garbage that is not collected yet.
    expect(grown()).toBeLessThan(240 * mb);
  });
});

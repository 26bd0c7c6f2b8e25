// An import survives the server: what is said to be done is stored, nothing else is, and it goes on from there.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../server-process.ts';

describe('kill -9 in the middle of a large import', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keyway-import-crash-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const headers = { authorization: 'Bearer kw_demo_admin', 'content-type': 'application/x-ndjson' };
  const count = 30_000;
  const mixedFrom = 12_000;
  const rows = Array.from({ length: count }, (_, index) =>
    // All are new at first, and so not looked for; then one row in a thousand is at fault, and one in a hundred comes twice.
    JSON.stringify({
      external_id: `crash-${index >= mixedFrom && index % 100 === 1 ? index - 1 : index}`,
      name: index >= mixedFrom && index % 1000 === 7 ? 7 : `n ${index}`,
    }),
  );
  type Kept = { state: string; rows_done: number; counts: Record<string, number> };
  const sum = ({ received: _, ...others }: Record<string, number>): number =>
    Object.values(others).reduce((all, one) => all + one, 0);

  it('loses no row and writes none twice, over several kills', async () => {
    let id = '';
    let doneBefore = 0;
    for (const killAfter of [3_000, 9_000, 17_000]) {
      const server = await startServer(['--demo', '--data', folder]);
      const sent = request(
        `${server.url}/v1/records/contact/import?outcomes=rejected${id === '' ? '' : `&import=${id}`}`,
        {
          method: 'POST',
          headers: { ...headers, accept: 'application/x-ndjson' },
        },
      );
      sent.on('error', () => {});
      // Not to its end: however late it is seen how far the server came, there is more to come.
      sent.write(`${rows.slice(0, killAfter + 5_000).join('\n')}\n`);
      const [answer] = await once(sent, 'response');
      answer.on('error', () => {});
      let answered = 0;
      let text = '';
      for await (const piece of answer.setEncoding('utf8') as AsyncIterable<string>) {
        text += piece;
        for (const one of text.slice(0, text.lastIndexOf('\n')).split('\n')) {
          const line = JSON.parse(one) as { import?: string; rows_done?: number };
          id = line.import ?? id;
          answered = line.rows_done ?? answered;
        }
        if (answered >= killAfter) break;
      }
      await server.kill();

      const next = await startServer(['--demo', '--data', folder]);
      const kept = (await (await fetch(`${next.url}/v1/imports/${id}`, { headers })).json()) as Kept;
      expect(kept.state).toBe('receiving');
      expect(kept.rows_done).toBeGreaterThanOrEqual(answered);
      expect(kept.rows_done).toBeLessThan(count);
      expect(kept.rows_done).toBeGreaterThan(doneBefore);
      expect([kept.counts.received, sum(kept.counts)]).toEqual([kept.rows_done, kept.rows_done]);
      expect(await storedOf(next.url)).toBe(kept.counts.created);
      doneBefore = kept.rows_done;
      await next.stop();
    }
    const server = await startServer(['--demo', '--data', folder]);
    const resumed = await fetch(`${server.url}/v1/records/contact/import?import=${id}`, {
      method: 'POST',
      headers,
      body: rows.join('\n'),
    });
    const { counts } = (await resumed.json()) as Kept;
    expect(counts).toMatchObject({ received: count, rejected: 18, updated: 180, unchanged: 0, revived: 0 });
    expect(counts.created).toBe(count - 18 - 180);
    expect(await storedOf(server.url)).toBe(counts.created);
    await server.stop();
  });

  /** Records of the import, each by a key of its own. */
  async function storedOf(url: string): Promise<number> {
    const exported = await fetch(`${url}/v1/records/contact?filter[external_id][starts]=crash-`, {
      headers: { ...headers, accept: 'application/x-ndjson' },
    });
    const keys = (await exported.text())
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { external_id: string }).external_id);
    expect(new Set(keys).size).toBe(keys.length);
    return keys.length;
  }
});

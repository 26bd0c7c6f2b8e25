// Acknowledged is durable: what was answered as done is there after a kill -9, and nothing is half done.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../server-process.ts';

describe('kill -9 in the middle of writing', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keyway-crash-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const headers = { authorization: 'Bearer kw_demo_admin', 'content-type': 'application/json' };

  async function pages<Item>(url: string): Promise<Item[]> {
    const items: Item[] = [];
    for (let cursor: string | null = null; ; ) {
      const query = `?limit=1000${cursor === null ? '' : `&cursor=${cursor}`}`;
      const page = (await (await fetch(url + query, { headers })).json()) as { items: Item[]; next: string | null };
      items.push(...page.items);
      if (page.next === null) return items;
      cursor = page.next;
    }
  }

  /** Numbers of the contacts by external id, and of those that are linked to the customer. */
  async function contents(url: string): Promise<{ contacts: Map<string, number>; linked: Set<number | undefined> }> {
    type Contact = { number: number; fields: { external_id: string | null } };
    const contacts = await pages<Contact>(`${url}/v1/records/contact`);
    const links = await pages<{ right: { number: number } }>(`${url}/v1/records/customer/660/links/contacts`);
    return {
      contacts: new Map(
        contacts.flatMap(({ number, fields }) =>
          fields.external_id?.startsWith('r') ? [[fields.external_id, number] as const] : [],
        ),
      ),
      linked: new Set(links.map((link) => link.right.number)),
    };
  }

  it('loses no acknowledged record or link, over several kills on the same folder', async () => {
    const acknowledged: { key: string; linked: boolean }[] = [];
    for (const round of [1, 2, 3]) {
      const server = await startServer(['--demo', '--data', folder]);
      const stored = await contents(server.url);
      for (const { key, linked } of acknowledged) {
        expect(stored.contacts.has(key), key).toBe(true);
        if (linked) expect(stored.linked.has(stored.contacts.get(key)), key).toBe(true);
      }
      let running = true;
      const write = async (worker: number): Promise<void> => {
        for (let index = 0; running; index++) {
          const key = `r${round}-w${worker}-${index}`;
          try {
            const path = `${server.url}/v1/records/contact/external_id:${key}`;
            const made = await fetch(path, {
              method: 'PATCH',
              headers,
              body: JSON.stringify({ fields: { name: key } }),
            });
            if (made.status !== 201) continue;
            const entry = { key, linked: false };
            acknowledged.push(entry);
            const link = `${server.url}/v1/records/customer/660/links/contacts/external_id:${key}`;
            entry.linked = (await fetch(link, { method: 'PUT', headers, body: '{}' })).status === 201;
          } catch {
            return; // the server is gone
          }
        }
      };
      const writers = Array.from({ length: 16 }, (_, worker) => write(worker));
      const before = acknowledged.length;
      // However slow the machine is: what was never acknowledged could not be lost.
      await expect.poll(() => acknowledged.length - before, { interval: 1 }).toBeGreaterThan(50);
      await new Promise((resolve) => setTimeout(resolve, 500));
      await server.kill();
      running = false;
      await Promise.all(writers);
    }
    expect(acknowledged.length).toBeGreaterThan(150);
    const server = await startServer(['--demo', '--data', folder]);
    const found = (await contents(server.url)).contacts.size;
    await server.stop();
    // At most one record was committed but not answered for each writer of each round.
    expect(found).toBeGreaterThanOrEqual(acknowledged.length);
    expect(found).toBeLessThanOrEqual(acknowledged.length + 3 * 16);
  });
});

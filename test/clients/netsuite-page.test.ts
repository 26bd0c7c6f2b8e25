// The JavaScript of docs/dialects/netsuite.md, as it is printed: what a line says that it prints, it prints.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf } from '../documents.ts';
import { type FreshServer, freshServer } from '../fresh-server.ts';
import { standInForVendor } from './netsuite-host.ts';

const page = readFileSync(new URL('../../docs/dialects/netsuite.md', import.meta.url), 'utf8');
const blocks = blocksOf(page).filter(({ language }) => language === 'js');
const AsyncFunction = (async () => {}).constructor as new (
  ...source: string[]
) => (...values: unknown[]) => Promise<void>;

let server: FreshServer;
let leave: () => Promise<void>;
beforeAll(async () => {
  server = await freshServer({ settings: { trustProxy: true } });
  leave = await standInForVendor(server.url);
});
afterAll(async () => {
  await leave();
  await server.close();
});

describe('docs/dialects/netsuite.md', () => {
  it('has an example for each client', () => {
    expect(blocks).toHaveLength(4);
  });

  it.each(blocks)('line $line', async ({ text }) => {
    const printed: string[] = [];
    const console = { log: (...values: unknown[]) => printed.push(values.join(' ')) };
    const source = text.replaceAll('127.0.0.1:8080', server.url.replace('http://', ''));
    await new AsyncFunction('require', 'console', source)(createRequire(import.meta.url), console);
    expect(printed).toEqual([...text.matchAll(/\/\/ → (.*)$/gm)].map(([, said]) => said));
    expect(printed.length).toBeGreaterThan(0);
  });
});

// The examples for clients in the page on Relatics work as they are printed, from top to bottom.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf } from '../documents.ts';
import { type FreshServer, freshServer } from '../fresh-server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(`${root}/docs/dialects/relatics.md`, 'utf8');
const examples = blocksOf(page).filter(({ language }) => language === 'js');

let server: FreshServer;
beforeAll(async () => {
  server = await freshServer();
});
afterAll(() => server?.close());

describe('docs/dialects/relatics.md', () => {
  it('has an example of each client', () => {
    expect(examples).toHaveLength(2);
  });

  it.each(examples)('works from line $line on', async ({ text }) => {
    const program = text.replaceAll('http://127.0.0.1:8080', server.url);
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { cwd: root });
    const { stdout } = await run;
    expect(stdout).toBe([...text.matchAll(/\/\/ prints (.*)$/gm)].map(([, line]) => `${line}\n`).join(''));
  });
});

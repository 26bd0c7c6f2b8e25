/** The JavaScript of docs/dialects/zendesk.md runs as it is printed. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { blocksOf } from '../documents.ts';
import { freshServer } from '../fresh-server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('the page for connector developers shows programs that work', async () => {
  const page = await readFile(join(root, 'docs/dialects/zendesk.md'), 'utf8');
  const programs = blocksOf(page).filter(({ language }) => language === 'js');
  expect(programs.length).toBeGreaterThan(1);
  const server = await freshServer();
  // Below node_modules, so that the clients are found from there.
  await mkdir(join(root, 'node_modules/.cache'), { recursive: true });
  const folder = await mkdtemp(join(root, 'node_modules/.cache/page-'));
  try {
    const file = join(folder, 'page.mjs');
    const text = programs.map((block) => block.text).join('\n');
    await writeFile(file, text.replaceAll('http://127.0.0.1:8080', server.url));
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    expect(stdout).toContain("'Beam 7'");
    expect(stdout).toMatch(/completed \[/);
    expect(stdout.trim().split('\n').at(-1)).toBe('admin');
  } finally {
    await rm(folder, { recursive: true, force: true });
    await server.close();
  }
});

// The test that docs/test-double.md shows is one of ours: it is run as it is printed, but for where Keyway lies.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { blocksOf } from './documents.ts';
import { served } from './scenarios/served.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const printed = blocksOf(readFileSync(join(root, 'docs/test-double.md'), 'utf8')).find(
  ({ language }) => language === 'ts',
);

it('shows a test', () => {
  expect(printed?.text).toContain("const keyway = '../keyway';");
});

// Beside this file, so that it finds vitest where this file does.
const folder = await mkdtemp(join(import.meta.dirname, '.page-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const file = join(folder, 'connector.ts');
await writeFile(file, (printed?.text ?? '').replace("'../keyway'", JSON.stringify(root)));
if (served('zendesk')) await import(pathToFileURL(file).href); // whose client it tests

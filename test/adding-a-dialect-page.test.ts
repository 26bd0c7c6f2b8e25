// The dialect that docs/adding-a-dialect.md shows, and its test, are run as they are printed, but for where they lie.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { blocksOf } from './documents.ts';

const page = readFileSync(new URL('../docs/adding-a-dialect.md', import.meta.url), 'utf8');
const [dialect = '', test = ''] = blocksOf(page).flatMap(({ language, text }) => (language === 'ts' ? [text] : []));

it('shows a dialect and its test', () => {
  expect(dialect).toMatch(/^\/\/ src\/dialects\/acme\/index\.ts\n/);
  expect(test).toMatch(/^\/\/ src\/dialects\/acme\/acme\.test\.ts\n/);
});

// Beside this file, so that it finds packages where this file does.
const folder = await mkdtemp(join(import.meta.dirname, '.page-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const moved = dialect
  .replaceAll(/'\.\.\/\.\.\/(engine|model)\//g, "'../../src/$1/")
  .replaceAll(/'\.\.\/(bodies|contract)\.ts'/g, "'../../src/dialects/$1.ts'");
await writeFile(join(folder, 'index.ts'), moved);

const served = `import { dialects } from '../dialects.ts';\nimport { acme } from './index.ts';\n${test}`
  .replace("'../../../test/", "'../")
  .replace('freshServer()', 'freshServer({ dialects: [...dialects, acme] })');
await writeFile(join(folder, 'acme.ts'), served);
await import(pathToFileURL(join(folder, 'acme.ts')).href);

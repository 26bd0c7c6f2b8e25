// The documentation is executed: every example of every page works as it is printed.
import { existsSync, readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { settings } from '../src/config.ts';
import { blocksOf, type Call, runPage } from './documents.ts';
import { freshDatabase } from './fresh-database.ts';
import { freshDouble } from './fresh-double.ts';
import { testSecretKey } from './fresh-hub.ts';
import { freshServer } from './fresh-server.ts';
import { serveKeyway } from './keyway-process.ts';
import { allServed } from './scenarios/served.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (page: string): string => readFileSync(`${root}/${page}`, 'utf8');

/** A page of a dialect goes with its folder. */
const isServed = (page: string): boolean => {
  const [, dialect] = /^docs\/dialects\/(\w+)\.md$/.exec(page) ?? [];
  return dialect === undefined || existsSync(`${root}/src/dialects/${dialect}`);
};

const pages: string[] = [];
for await (const page of glob(['*.md', 'docs/**/*.md', 'src/dialects/*/README.md', 'examples/**/*.md'], {
  cwd: root,
})) {
  if (isServed(page)) pages.push(page);
}
pages.sort();

const isRunnable = (page: string): boolean => blocksOf(read(page)).some(({ language }) => language === 'sh');

/** What a page prints of an answer: `…` stands for any text. */
function expected(printed: unknown): unknown {
  if (printed === '…') return expect.any(String);
  if (Array.isArray(printed)) return printed.map(expected);
  if (typeof printed !== 'object' || printed === null) return printed;
  return expect.objectContaining(
    Object.fromEntries(Object.entries(printed).map(([name, value]) => [name, expected(value)])),
  );
}

const succeeded = ({ announced, status }: Call): boolean =>
  announced === '' ? /^[23]/.test(status) : status === announced;

/** A page may show one record through several APIs, of which one was taken out. */
const isOfNobody = ({ body }: Call): boolean => !allServed && body.includes('"code":"unknown_path"');

describe('the examples of', () => {
  it.each(pages.filter(isRunnable))('%s', async (page) => {
    const server = await (page === 'docs/test-double.md' ? freshDouble() : freshServer());
    const text = read(page);
    const own = text.includes('keyway -- ') ? await freshDatabase() : undefined; // of the reader's own server, which has no demo
    const env = own === undefined ? {} : { DATABASE_URL: own.url, KEYWAY_SECRET_KEY: testSecretKey };
    const started = own === undefined ? undefined : await serveKeyway([], env);
    try {
      for (const { block, calls, printed } of await runPage(text, server.url, env)) {
        for (const call of calls) {
          const said = `line ${block.line}: ${call.command}\n${call.status} ${call.body}`;
          expect(succeeded(call) || isOfNobody(call), said).toBe(true);
        }
        if (printed === undefined) continue;
        expect(JSON.parse(calls.at(-1)?.body ?? ''), `line ${printed.line}`).toEqual(
          expected(JSON.parse(printed.text)),
        );
      }
    } finally {
      await started?.stop();
      await server.close();
      await own?.drop();
    }
  });
});

describe('the links of', () => {
  const linksIn = (page: string): string[] =>
    [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^(https?|#)/.test(link));

  it.each(pages.filter((page) => linksIn(page).length > 0))('%s lead to files that there are', (page) => {
    const base = new URL(page, `file://${root}/`);
    for (const link of linksIn(page)) {
      expect(() => readFileSync(new URL(link.replace(/#.*/, ''), base)), link).not.toThrow(/ENOENT/);
    }
  });
});

describe('docs/operations.md', () => {
  it('has every setting, and no other, in the order of the help', () => {
    const rows = [
      ...read('docs/operations.md').matchAll(/^\| `--([\w-]+)(?: (\w+))?` \| `(\w+)`(?:, `DATABASE_URL`)? \|/gm),
    ];
    const variable = (name: string): string => `KEYWAY_${name.toUpperCase().replaceAll('-', '_')}`;
    expect(rows.map(([, flag, value, name]) => [flag, value ?? null, name])).toEqual(
      Object.entries(settings).map(([flag, { value }]) => [flag, value, variable(flag)]),
    );
  });
});

it('no page has a conflict of two versions left in it', () => {
  expect(pages.filter((page) => /^(?:<{7} |={7}$|>{7} )/m.test(read(page)))).toEqual([]);
});

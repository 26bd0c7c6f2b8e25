import { describe, expect, it } from 'vitest';
import { importsOf, judgeImport } from './layers.ts';

describe('the one-way rule', () => {
  it.each([
    ['src/dialects/zendesk/routes.ts', '../../engine/hub.ts'],
    ['src/dialects/zendesk/routes.ts', '../contract.ts'],
    ['src/dialects/zendesk/parse/body.ts', '../render.ts'],
    ['src/engine/write/upsert.ts', '../../store/records.ts'],
    ['src/http/server.ts', '../dialects/contract.ts'],
    ['src/store/records.ts', 'pg'],
    ['src/main.ts', './dialects/zendesk/routes.ts'],
    ['src/dialects/zendesk/zendesk.test.ts', '../../store/records.ts'],
    ['src/engine/write/upsert.test.ts', 'pg'],
    ['src/config.test.ts', './config.ts'],
    ['src/dialects/zendesk/test-client.ts', '../../../test/fresh-server.ts'],
  ])('lets %s import %s', (path, specifier) => {
    expect(judgeImport(path, specifier)).toBeUndefined();
  });

  it.each([
    ['src/model/record.ts', '../engine/hub.ts', 'model may not import engine'],
    ['src/model/record.ts', '../config.ts', 'model may not import config'],
    ['src/store/records.ts', '../engine/hub.ts', 'store may not import engine'],
    ['src/engine/hub.ts', '../http/server.ts', 'engine may not import http'],
    ['src/engine/hub.ts', '../dialects/zendesk/routes.ts', 'engine may not import dialect'],
    ['src/engine/hub.ts', 'pg', 'only store may import the package pg'],
    ['src/dialects/zendesk/routes.ts', '../../store/records.ts', 'dialect may not import store'],
    ['src/dialects/zendesk/routes.ts', '../native/routes.ts', 'zendesk may not know native'],
    ['src/dialects/zendesk/zendesk.test.ts', '../native/routes.ts', 'zendesk may not know native'],
    ['src/dialects/zendesk/routes.ts', './test-client.ts', 'only tests may import ./test-client.ts'],
    ['src/dialects/contract.ts', './zendesk/routes.ts', 'contract may not import dialect'],
    ['src/http/server.ts', '../dialects/zendesk/routes.ts', 'http may not import dialect'],
    ['src/cli/sync.ts', '../dialects/native/index.ts', 'cli may not import dialect'],
    ['src/engine/hub.ts', '../main.ts', 'engine may not import main'],
    ['src/engine/hub.ts', '../../test/fresh-database.ts', '../../test/fresh-database.ts lies outside src'],
    ['console/src/api/types.ts', '../../../src/engine/hub.ts', 'console may not import engine'],
    ['console/src/api/types.ts', '../../../src/dialects/native/parse.ts', 'console may not import dialect'],
    ['src/http/console.ts', '../../console/src/main.tsx', 'http may not import console'],
    ['src/helpers/strings.ts', './numbers.ts', 'helpers is no layer: name it in scripts/layers.ts'],
  ])('stops %s from importing %s', (path, specifier, problem) => {
    expect(judgeImport(path, specifier)).toBe(problem);
  });
});

it('finds imports of every form', () => {
  const source = `
    import a from './a.ts';
    import type { B } from './b.ts';
    import './c.ts';
    export { d } from './d.ts';
    export type * from './e.ts';
    type F = import('./f.ts').F;
    using g = await import('./g.ts');
    const text = "import './not.ts'"; // import './neither.ts'`;
  expect(importsOf('any.ts', source)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `./${name}.ts`));
});

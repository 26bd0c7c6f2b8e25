// Which part of the source may import which. One way only: dialects -> engine -> store, and all may use model.
//   node scripts/layers.ts      says which imports break that rule
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

/** What the files of a layer may import besides each other. */
const layers: Record<string, readonly string[]> = {
  model: [],
  config: ['model'],
  store: ['model', 'config'],
  engine: ['store', 'model', 'config'],
  contract: ['engine', 'model'], // the files that lie in src/dialects itself: what all dialects are, no vendor
  dialect: ['contract', 'engine', 'model'], // each folder in src/dialects; the others are strangers to it
  http: ['contract', 'engine', 'model', 'config'], // no dialect: to the server all are equal
  demo: ['engine', 'model', 'config'],
  double: ['http', 'contract', 'engine', 'store', 'demo', 'config', 'model'], // the test double, which hands the server its hooks
  cli: ['double', 'http', 'contract', 'engine', 'store', 'demo', 'config', 'model'], // a server, of the dialects that main hands it
  main: ['cli', 'http', 'dialect', 'contract', 'engine', 'store', 'config', 'model'],
  keyway: ['main'], // where the process begins
  console: [], // in a browser: it knows the native API by its shapes, and nothing else of the server
};

/** Packages that belong to some layers only. */
const packages: Record<string, readonly string[]> = {
  pg: ['store'],
  fastify: ['http', 'contract', 'dialect', 'double', 'cli', 'main'],
};

/** What the native API takes and answers, as types: nothing else of the server is known to the console. */
const shapes = 'src/dialects/native/shapes/';

type Place = { layer: string; dialect?: string };

function placeOf(path: string): Place | undefined {
  const [top, first = '', second = '', ...deeper] = path.split('/');
  if (top === 'console') return { layer: 'console' };
  if (top !== 'src') return undefined;
  if (first !== 'dialects') return { layer: first.replace(/(\.test)?\.ts$/, '') };
  return deeper.length > 0 || !second.endsWith('.ts') ? { layer: 'dialect', dialect: second } : { layer: 'contract' };
}

/** A test, or what helps the tests beside it: test-client.ts, say. */
const isTest = (path: string): boolean => /\.test\.ts$|\/test-[^/]+\.ts$/.test(path);

/** @returns what is wrong with an import, by the file's path and the specifier it imports; undefined when nothing is. */
export function judgeImport(path: string, specifier: string): string | undefined {
  const from = placeOf(path);
  if (from === undefined) return undefined;
  const mayImport = layers[from.layer];
  if (mayImport === undefined) return `${from.layer} is no layer: name it in scripts/layers.ts`;

  if (!specifier.startsWith('.')) {
    const owners = packages[specifier];
    if (owners === undefined || owners.includes(from.layer) || isTest(path)) return undefined;
    return `only ${owners.join(', ')} may import the package ${specifier}`;
  }
  const target = normalize(join(dirname(path), specifier));
  if (from.layer === 'console' && target.startsWith(shapes)) return undefined;
  if (isTest(target) && !isTest(path)) return `only tests may import ${specifier}`;
  const to = placeOf(target);
  if (to === undefined) return isTest(path) ? undefined : `${specifier} lies outside src`;
  if (from.layer === to.layer) {
    return from.dialect === to.dialect ? undefined : `${from.dialect} may not know ${to.dialect}`;
  }
  if (isTest(path) || mayImport.includes(to.layer)) return undefined; // a test may import what sets its scene
  return `${from.layer} may not import ${to.layer}`;
}

/** @returns all that a source imports or re-exports, types and dynamic imports included. */
export function importsOf(path: string, source: string): string[] {
  const found: string[] = [];
  const add = ({ source: from }: { source: { type: string; value?: unknown } | null }): void => {
    if (from?.type === 'Literal' && typeof from.value === 'string') found.push(from.value);
  };
  const { program, errors } = parseSync(path, source);
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
  new Visitor({
    ImportDeclaration: add,
    ImportExpression: add,
    ExportAllDeclaration: add,
    ExportNamedDeclaration: add,
    TSImportType: add,
  }).visit(program);
  return found;
}

if (import.meta.main) {
  let wrong = 0;
  const files = globSync(['src/**/*.ts', 'console/src/**/*.{ts,tsx}']);
  for (const path of files.sort()) {
    for (const specifier of importsOf(path, readFileSync(path, 'utf8'))) {
      const problem = judgeImport(path, specifier);
      if (problem === undefined) continue;
      console.error(`${path} imports ${specifier}: ${problem}`);
      wrong += 1;
    }
  }
  console.log(`${files.length} files, ${wrong} forbidden imports`);
  if (wrong > 0) process.exitCode = 1;
}

/** A seed: a schema, records and links, in the format of demo/records.yaml, written through the engine. */
import type { Hub } from '../engine/hub.ts';
import { isObject } from '../model/json.ts';
import type { LinkOutcome, UpsertOutcome } from '../model/outcomes.ts';
import type { Caller } from '../model/principal.ts';
import { byKey, byNumber, parseRef, type Ref } from '../model/ref.ts';
import type { SchemaDocument } from '../model/schema.ts';

type Fields = Readonly<Record<string, unknown>>;
type SeedRecord = { readonly type: string; readonly number?: number; readonly fields: Fields };
type SeedLink = {
  readonly number?: number;
  readonly from: { readonly type: string; readonly ref: Ref };
  readonly link: string;
  readonly to: Ref;
  readonly role?: string;
};
export type Seed = {
  readonly schema?: SchemaDocument;
  readonly records: readonly SeedRecord[];
  readonly links: readonly SeedLink[];
};

/** What is wrong, and where: `records[3]`. */
export type SeedProblem = { readonly at: string; readonly message: string };

/** How many records or links are handed to the engine at once. */
const pieceSize = 500;

/** @param body a text is YAML. */
export async function readSeed(body: unknown): Promise<Seed | readonly SeedProblem[]> {
  let document = body;
  try {
    if (typeof body === 'string') document = (await import('yaml')).parse(body);
  } catch (error) {
    return [{ at: '', message: error instanceof Error ? error.message : String(error) }];
  }
  if (!isObject(document)) return [{ at: '', message: 'A seed is an object of schema, records and links.' }];
  const problems: SeedProblem[] = [];
  for (const name of Object.keys(document)) {
    if (!['schema', 'records', 'links'].includes(name))
      problems.push({ at: name, message: 'There is no such member.' });
  }
  const { schema } = document;
  if (schema !== undefined && !isObject(schema)) problems.push({ at: 'schema', message: 'A schema is an object.' });
  const records = readList(document, 'records', readRecord, problems);
  const links = readList(document, 'links', readLink, problems);
  if (problems.length > 0) return problems;
  return { records, links, ...(schema === undefined ? {} : { schema: schema as SchemaDocument }) };
}

function readList<T>(
  document: Fields,
  name: string,
  read: (item: Fields) => T | undefined,
  problems: SeedProblem[],
): T[] {
  const list = document[name] ?? [];
  if (!Array.isArray(list)) {
    problems.push({ at: name, message: 'This must be a list.' });
    return [];
  }
  return list.flatMap((item: unknown, index) => {
    const found = isObject(item) ? read(item) : undefined;
    if (found !== undefined) return [found];
    problems.push({
      at: `${name}[${index}]`,
      message: `It is not of the form of ${forms[name as keyof typeof forms]}.`,
    });
    return [];
  });
}

const forms = {
  records: '{ type: contact, number: 1, fields: { name: Ada } }, of which number may be absent',
  links: '{ from: { type: claim, ref: 1 }, link: contacts, to: 2, role: Adjuster }, of which role may be absent',
};

const isNumber = (value: unknown): value is number | undefined =>
  value === undefined || (Number.isSafeInteger(value) && (value as number) > 0);

function readRecord({ type, number, fields = {} }: Fields): SeedRecord | undefined {
  if (typeof type !== 'string' || !isNumber(number) || !isObject(fields)) return undefined;
  return { type, fields, ...(number === undefined ? {} : { number }) };
}

function readLink({ from, link, to, role, number }: Fields): SeedLink | undefined {
  if (!isObject(from) || typeof from.type !== 'string' || typeof link !== 'string') return undefined;
  if (!isNumber(number) || !(role === undefined || typeof role === 'string')) return undefined;
  const ref = readRef(from.ref);
  const target = readRef(to);
  if (ref === undefined || target === undefined) return undefined;
  const named = { ...(number === undefined ? {} : { number }), ...(role === undefined ? {} : { role }) };
  return { from: { type: from.type, ref }, link, to: target, ...named };
}

const readRef = (value: unknown): Ref | undefined =>
  typeof value === 'number' || typeof value === 'string' ? parseRef(String(value)) : undefined;

/** Writes all of it; what is there already is brought up to date. @returns what was refused. */
export async function plant(hub: Hub, caller: Caller, seed: Seed): Promise<readonly SeedProblem[]> {
  const { schema } = seed;
  if (schema !== undefined) {
    const outcome = await hub.applySchema(caller, () => schema, { allowLoss: true });
    if (outcome.kind === 'invalid') {
      return outcome.problems.map(({ path, message }) => ({ at: path === '' ? 'schema' : `schema.${path}`, message }));
    }
    if (outcome.kind !== 'applied') throw new Error(`The schema of a seed was not applied: ${outcome.kind}`);
  }
  const refused = await inPieces('records', seed.records, (record) => plantRecord(hub, caller, record));
  if (refused.length > 0) return refused;
  return inPieces('links', seed.links, ({ from, link, to, role, number }) =>
    hub.link(caller, {
      from,
      link,
      to: { ref: to },
      ...(role === undefined ? {} : { role: { by: 'name', value: role } }),
      ...(number === undefined ? {} : { number }),
    }),
  );
}

/** By its number, else by the first of its match fields that it has a value for; one that has neither is new each time. */
async function plantRecord(hub: Hub, caller: Caller, { type, number, fields }: SeedRecord): Promise<UpsertOutcome> {
  if (number !== undefined) {
    const known = await hub.find(caller, type, byNumber(number));
    return known.kind === 'found'
      ? hub.upsert(caller, { type, ref: byNumber(number), mode: 'update', fields })
      : hub.upsert(caller, { type, ref: null, mode: 'create', fields, number });
  }
  const { types } = await hub.catalogue(caller.principal.workspace);
  const key = types.get(type)?.matchFields.find((field) => typeof fields[field.key] === 'string');
  return key === undefined
    ? hub.upsert(caller, { type, ref: null, mode: 'create', fields })
    : hub.upsert(caller, { type, ref: byKey(key.key, String(fields[key.key])), mode: 'upsert', fields });
}

async function inPieces<T>(
  name: string,
  items: readonly T[],
  write: (item: T) => Promise<UpsertOutcome | LinkOutcome>,
): Promise<SeedProblem[]> {
  const problems: SeedProblem[] = [];
  for (let start = 0; start < items.length; start += pieceSize) {
    const outcomes = await Promise.all(items.slice(start, start + pieceSize).map(write));
    for (const [index, outcome] of outcomes.entries()) {
      const at = `${name}[${start + index}]`;
      if (outcome.kind === 'rejected') problems.push(...outcome.violations.map(({ message }) => ({ at, message })));
    }
  }
  return problems;
}

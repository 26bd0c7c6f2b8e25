import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshServer } from '../fresh-server.ts';
import { served } from '../scenarios/served.ts';
import {
  type Answer,
  clientOf,
  guid,
  type Headers,
  type Json,
  native as nativeOf,
} from '../scenarios/vendor-clients.ts';
import { formatsOf, hasStack } from '../scenarios/vendor-errors.ts';
import type { Cell } from './answers.ts';
import { type Deed, type Rule, rules } from './rules.ts';
import { type Known, type SurfaceName, surfaceNames, surfaces } from './surfaces.ts';

const server = await freshServer();
afterAll(() => server.close());
const native = nativeOf(server.url);
const anyone = clientOf(server.url);

type Who = NonNullable<Rule['as']> | 'admin';
const keys: Record<Who, string> = { admin: 'kw_demo_admin', reader: '', foreigner: '', nobody: 'wrong' };
/** Of the foreigner. */
let otherWorkspace = '';

beforeAll(async () => {
  const reader = { kind: 'bearer', label: 'Reader', role: 'member', grants: { '*': ['read'] } };
  keys.reader = (await native('POST', '/v1/keys', reader)).body.secret;
  const made = await server.hub.workspaces.create({ name: 'Second' });
  if (made.kind !== 'created') throw new Error(made.kind);
  keys.foreigner = made.adminKey;
  const { body: schema } = await native('GET', '/v1/schema');
  schema.interfaces.myendpoint.api_keys = [];
  const applied = await nativeOf(server.url, made.adminKey)('PUT', '/v1/schema', schema);
  expect(applied.status, applied.text).toBe(200);
  const principal = await server.hub.access.bearer(made.adminKey, 'native');
  if (principal === undefined) throw new Error('nobody');
  otherWorkspace = (await server.hub.catalogue(principal.workspace)).workspaceGuid;
});

const encode = encodeURIComponent;

async function known(type: string, key: string): Promise<Known> {
  const { status, body } = await native('GET', `/v1/records/${type}/external_id:${encode(key)}`);
  return status === 200 ? { key, number: body.number, id: body.id } : { key, number: 0, id: nobody };
}
const nobody = '0b7f3f0e-6f0a-4f6e-9d3b-2d6f5e0c9a11';

/** Both ends of a link, made first. */
async function ends(name: SurfaceName, key: string): Promise<{ parent: Known; child: Known }> {
  const { parent } = surfaces[name];
  if (name === 'relatics') await send(name, 'admin', surfaces.relatics.upsert(key, {}, guid));
  else {
    const fields = { name: key, ...(parent === 'customer' && { entity_id: key }) };
    await native('PATCH', `/v1/records/${parent}/external_id:${encode(key)}`, { fields });
  }
  await native('PATCH', `/v1/records/contact/external_id:${encode(`child ${key}`)}`, { fields: { name: key } });
  return { parent: await known(parent, key), child: await known('contact', `child ${key}`) };
}

const send = (name: SurfaceName, who: Who, [method, path, body]: readonly [string, string, Json?]): Promise<Answer> => {
  const typed: Headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
  return anyone(method, path, body, { ...typed, ...surfaces[name].credential(keys[who]) });
};

async function callOf(name: SurfaceName, key: string, who: Who, deed: Deed) {
  const surface = surfaces[name];
  if (deed.do === 'upsert') return surface.upsert(key, deed, who === 'foreigner' ? otherWorkspace : guid);
  if (deed.do === 'remove') return surface.remove(await known(surface.type, key));
  const { parent, child } = await ends(name, key);
  const nobodyOf = (side: 'parent' | 'child', record: Known): Known =>
    deed.missing === side ? { key: 'nobody', number: 0, id: nobody } : record;
  return surface[deed.do](nobodyOf('parent', parent), nobodyOf('child', child));
}

/** What is there of the key, as the rule says it. */
async function stored(name: SurfaceName, key: string, { links }: Rule['stored']) {
  const { type, parent, other } = surfaces[name];
  if (links !== undefined) {
    const child = await known('contact', `child ${key}`);
    const { body } = await native('GET', `/v1/records/${parent}/external_id:${encode(key)}/links`);
    return { links: body.items.filter(({ right }: Json) => right.number === child.number).length };
  }
  const at = `/v1/records/${type}/external_id:${encode(key)}`;
  const { status, body } = await native('GET', at);
  if (status === 404) return {};
  const history = await native('GET', `${at}/history?limit=100`);
  return {
    changes: history.body.items.map(({ kind }: Json) => kind).reverse(),
    name: body.fields.name,
    other: body.fields[other[0]] === other[1] ? 'given' : body.fields[other[0]],
  };
}

const matches = (answer: Answer, cell: Cell): boolean => {
  if (typeof cell === 'string') return false;
  const [status, shows] = cell;
  try {
    expect(answer.status).toBe(status);
    if (shows === '') expect(answer.text).toBe('');
    else expect({ is: answer.body }).toMatchObject({ is: shows });
    return true;
  } catch {
    return false;
  }
};

/** A dialect that was taken out has no cells. */
const there = surfaceNames.filter((name) => served(name));
const cases = rules
  .map((rule, index) => ({ ...rule, index, names: there.filter((name) => typeof rule.answers[name] !== 'string') }))
  .filter(({ names }) => names.length > 0);

describe.each(cases)('$rule', (rule) => {
  it.each(rule.names)('%s', async (name) => {
    const key = `${rule.key ?? `rule ${rule.index}`} ${name}`;
    const who = rule.as ?? 'admin';
    for (const deed of rule.given) {
      const answer = await send(name, 'admin', await callOf(name, key, 'admin', deed));
      expect(answer.status, answer.text).toBeLessThan(300);
    }
    const call = await callOf(name, key, who, rule.when);
    const answers = await Promise.all(Array.from({ length: rule.times ?? 1 }, () => send(name, who, call)));
    const cell = rule.answers[name];
    const said = answers.map(({ status, text }) => `${status} ${text}`).join('\n');
    const first = answers.findIndex((answer) => matches(answer, cell));
    expect(first, said).toBeGreaterThanOrEqual(0);
    for (const [index, answer] of answers.entries()) {
      if (index !== first) expect(matches(answer, rule.others?.[name] ?? cell), said).toBe(true);
      const isError = answer.status >= 400;
      expect(formatsOf(answer), said).toEqual(isError ? [name] : []);
      expect(hasStack(answer)).toBe(false);
    }
    expect(await stored(name, key, rule.stored)).toEqual(rule.stored);
  });
});

/** For tests: a server of their own with the demo records, and a client that speaks to it as the vendor's do. */
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { type FreshServer, freshServer } from '../../../test/fresh-server.ts';
import { clock } from '../../model/clock.ts';
import type { Dialect } from '../contract.ts';
import { zendeskDialect } from './index.ts';
import { defaultOptions } from './options.ts';

/** As the server's own, but for the number of objects: tests make one each. */
const roomy = zendeskDialect({ ...defaultOptions, limits: { ...defaultOptions.limits, objects: 1000 } });

/** Answers for paths that are no dialect's. */
const fallback: Dialect = { ...roomy, name: 'native', paths: [], register: () => {} };

/** One server for a test file; `origin` is known once its tests run. */
export function demoServer(dialect: Dialect = roomy): { readonly origin: string } {
  let server: FreshServer | undefined;
  beforeAll(async () => {
    server = await freshServer({ dialects: [fallback, dialect] });
  });
  afterAll(() => server?.close());
  return {
    get origin() {
      return server?.url ?? '';
    },
  };
}

/** What is limited by the clock's minute begins with one. */
export function beginMinute(): void {
  clock.set(new Date(Math.ceil(Date.now() / 60_000) * 60_000));
  onTestFinished(() => clock.set(null));
}

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers member by member
  readonly body: any;
};

export type Client = {
  readonly get: (path: string) => Promise<Answer>;
  readonly post: (path: string, body?: unknown) => Promise<Answer>;
  readonly patch: (path: string, body?: unknown) => Promise<Answer>;
  readonly put: (path: string, body?: unknown) => Promise<Answer>;
  readonly delete: (path: string) => Promise<Answer>;
};

export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

export const credentials = {
  admin: basic('admin@keyway.test/token', 'kw_demo_admin'),
  power: basic('power@keyway.test/token', 'kw_demo_power'),
  member: basic('member@keyway.test/token', 'kw_demo_member'),
};

/** Paths are below `/api/v2`, sent as given. A text is sent as it is, anything else as JSON. */
export function clientOf(origin: () => string, authorization: string | null = credentials.admin): Client {
  const send = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(path.startsWith('http') ? path : `${origin()}/api/v2${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  return {
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, body),
    patch: (path, body) => send('PATCH', path, body),
    put: (path, body) => send('PUT', path, body),
    delete: (path) => send('DELETE', path),
  };
}

/** The body of a 422: the code of each problem, by member. */
export const problemsOf = ({ body }: Answer): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries((body?.details ?? {}) as Record<string, { error: string }[]>).map(([member, problems]) => [
      member,
      problems.map(({ error }) => error),
    ]),
  );

let objects = 0;

/** An object of its own for a test, with these fields; returns its path. */
export async function newObject(
  admin: Client,
  fields: readonly Readonly<Record<string, unknown>>[] = [],
  rule: { uniqueNames: boolean } = { uniqueNames: false },
): Promise<string> {
  const key = `thing_${++objects}`;
  await must(
    admin.post('/custom_objects', { custom_object: { key, title: 'Thing', title_pluralized: 'Things' } }),
    201,
  );
  const path = `/custom_objects/${key}`;
  for (const field of fields) {
    await must(admin.post(`${path}/fields`, { custom_object_field: { title: field.key, ...field } }), 201);
  }
  if (rule.uniqueNames) {
    const properties = { properties: { is_unique: true } };
    await must(admin.patch(`${path}/fields/standard::name`, { custom_object_field: properties }), 200);
  }
  return path;
}

export async function must(answering: Promise<Answer>, status: number): Promise<Answer> {
  const answer = await answering;
  if (answer.status !== status) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}

/** The ids and names of all records of an object, by id. */
export async function recordsOf(client: Client, path: string): Promise<{ id: string; name: string | null }[]> {
  const { body } = await must(client.get(`${path}/records`), 200);
  return body.custom_object_records.map(({ id, name }: { id: string; name: string | null }) => ({ id, name }));
}

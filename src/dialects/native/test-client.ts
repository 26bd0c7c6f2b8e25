/** For tests: a server of their own with the demo records, and a client that holds every answer to the OpenAPI document. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, expect } from 'vitest';
import { freshServer } from '../../../test/fresh-server.ts';
import type { Hub } from '../../engine/hub.ts';
import type { HttpSettings } from '../../http/server.ts';
import type { Caller } from '../../model/principal.ts';
import { native } from './index.ts';

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what a test finds out
export type Json = any;
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Json };
export type Options = {
  /** `admin`, `power`, `member`: keys of the demo; any other text is the key itself; null: none. */
  readonly as?: string | null;
  /** An object is sent as JSON, text as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};
export type Call = (method: string, path: string, options?: Options) => Promise<Answer>;
export type Demo = {
  readonly call: Call;
  readonly hub: Hub;
  readonly url: string;
  readonly databaseUrl: string;
  readonly document: Json;
};

export async function demoServer(settings: Partial<HttpSettings> = {}): Promise<Demo> {
  const { url, hub, databaseUrl, close } = await freshServer({ dialects: [native], settings });
  afterAll(close);
  const text = await (await fetch(`${url}/v1/openapi.json`)).text();
  const document: Json = JSON.parse(text);
  const check = checks.get(text) ?? answerCheck(document);
  checks.set(text, check);
  return { call: checkedClient(url, check), hub, url, databaseUrl, document };
}

/** Who the demo's administrator is to the engine, for what the native API cannot do (yet). */
export async function adminOf(hub: Hub): Promise<Caller> {
  const principal = await hub.access.bearer('kw_demo_admin', 'native');
  if (principal === undefined) throw new Error('The demo has no administrator.');
  return { principal, via: 'test', requestId: 'test' };
}

type AnswerCheck = (method: string, path: string, status: number, type: string, body: unknown) => void;

/** By the text of the document, which is the same for most files of a worker: to compile what it says takes longer than most tests. */
const checks = new Map<string, AnswerCheck>();

function checkedClient(url: string, check: AnswerCheck): Call {
  return async (method, path, { as = 'admin', body, headers = {} } = {}) => {
    const key = as !== null && ['admin', 'power', 'member'].includes(as) ? `kw_demo_${as}` : as;
    const isText = typeof body === 'string' || body === undefined;
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(isText ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: Buffer.from(isText ? String(body) : JSON.stringify(body)) }),
    });
    const text = await response.text();
    const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
    const parsed = text !== '' && /[/+]json$/.test(type) ? JSON.parse(text) : text;
    check(method, path, response.status, type, parsed);
    return { status: response.status, headers: response.headers, body: parsed };
  };
}

/** Fails for an answer that the document does not have: its status, its media type, or its body. What is no operation is in no document. */
function answerCheck(document: Json): AnswerCheck {
  const ajv = new Ajv2020({ strict: false, allErrors: true, formats });
  ajv.addSchema(closed(document), 'openapi');
  const validators = new Map<string, ValidateFunction>();
  const operations = Object.keys(document.paths).map((template) => ({
    template,
    pattern: new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]*')}$`),
  }));
  return (method, path, status, type, body) => {
    const address = path.replace(/^\/w\/[^/]+/, '').replace(/\?.*$/s, '');
    const template = operations.find(({ pattern }) => pattern.test(address))?.template;
    const operation = template === undefined ? undefined : document.paths[template][method.toLowerCase()];
    if (operation === undefined || (status === 404 && isUnknownPath(body))) return;
    const at = `${method} ${path} answers ${status} ${type}`;
    expect(Object.keys(operation.responses), at).toContain(String(status));
    expect(Object.keys(operation.responses[status].content), at).toContain(type);
    if (!/[/+]json$/.test(type)) return;
    const steps = ['paths', template, method.toLowerCase(), 'responses', status, 'content', type, 'schema'];
    const pointer = steps
      .map((step) => encodeURIComponent(String(step).replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate = validators.get(pointer) ?? ajv.compile({ $ref: `openapi#/${pointer}` });
    validators.set(pointer, validate);
    if (!validate(body)) expect.fail(`${at}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(body)}`);
  };
}

const isUnknownPath = (body: Json): boolean => body.code === 'unknown_path';

const formats = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
};

/** The document with every object closed, so that an answer with a member that it does not declare fails. */
function closed(value: Json): Json {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, closed(member)]));
  const isObject = copy.type === 'object' && 'properties' in copy && !('additionalProperties' in copy);
  return isObject ? { ...copy, additionalProperties: false } : copy;
}

/** Code and path of each reason of a refusal. */
export const reasons = (answer: Answer): [string, string | null][] =>
  answer.body.violations.map(({ code, path }: { code: string; path: string | null }) => [code, path]);

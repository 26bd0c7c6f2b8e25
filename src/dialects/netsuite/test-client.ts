/** For tests: a server of their own with the demo records, and a client that speaks to it as the vendor's do. */
import { createHmac } from 'node:crypto';
import OAuth from 'oauth-1.0a';
import { afterAll, expect } from 'vitest';
import { freshServer } from '../../../test/fresh-server.ts';
import type { Hub } from '../../engine/hub.ts';
import type { SchemaDocument } from '../../model/schema.ts';

export const records = '/services/rest/record/v1';
export const demo = {
  consumer: ['kw_demo_ck', 'kw_demo_cs'],
  token: ['kw_demo_tk', 'kw_demo_ts'],
  realm: 'KEYWAY_DEMO',
} as const;

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what a test finds out
export type Json = any;
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Json };

/** The demo workspace with more record types and links, until the tests of the caller's block are over. */
export async function demoServer(
  more: Pick<SchemaDocument, 'types' | 'links'> = {},
): Promise<{ send: Send; origin: string; hub: Hub; databaseUrl: string }> {
  const { hub, url, databaseUrl, close } = await freshServer();
  afterAll(close);
  const principal = await hub.access.bearer('kw_demo_admin', 'netsuite');
  if (principal === undefined) throw new Error('The demo has no administrator.');
  const applied = await hub.applySchema(
    { principal, via: 'test', requestId: 'test' },
    (current) => ({
      ...current,
      types: { ...current.types, ...more.types },
      links: { ...current.links, ...more.links },
    }),
    { allowLoss: false },
  );
  if (applied.kind !== 'applied') throw new Error(JSON.stringify(applied));
  return { send: clientOf(url), origin: url, hub, databaseUrl };
}

export type Options = {
  /** An object is sent as JSON, text as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The Authorization header; null: none. By default the demo administrator's key. */
  readonly authorization?: string | null;
};

export type Send = (method: string, path: string, options?: Options) => Promise<Answer>;

/** `path` is sent as it is given, percent-encoding and all. A body goes without a media type unless the headers give one. */
const clientOf =
  (origin: string): Send =>
  async (method, path, { body, headers = {}, authorization = 'Bearer kw_demo_admin' } = {}) => {
    const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { ...(authorization === null ? {} : { authorization }), ...headers },
      ...(text === undefined ? {} : { body: Buffer.from(text) }), // bytes: fetch would give text a media type of its own
    });
    const answer = await response.text();
    return { status: response.status, headers: response.headers, body: answer === '' ? undefined : JSON.parse(answer) };
  };

export type Signing = {
  readonly consumer?: readonly [key: string, secret: string];
  readonly token?: readonly [key: string, secret: string];
  readonly realm?: string;
  readonly method?: 'HMAC-SHA256' | 'HMAC-SHA1';
  readonly nonce?: string;
  readonly timestamp?: number;
};

/** The Authorization header that an OAuth library of somebody else's makes for a request. */
export function signed(method: string, url: string, options: Signing = {}): string {
  const { consumer, token, realm, method: signatureMethod = 'HMAC-SHA256' } = { ...demo, ...options };
  const oauth = new OAuth({
    consumer: { key: consumer[0], secret: consumer[1] },
    realm,
    signature_method: signatureMethod,
    hash_function: (text, key) =>
      createHmac(signatureMethod === 'HMAC-SHA1' ? 'sha1' : 'sha256', key)
        .update(text)
        .digest('base64'),
  });
  const { nonce, timestamp } = options;
  if (nonce !== undefined) oauth.getNonce = () => nonce;
  if (timestamp !== undefined) oauth.getTimeStamp = () => timestamp;
  return oauth.toHeader(oauth.authorize({ url, method }, { key: token[0], secret: token[1] })).Authorization;
}

/** The one entry of an error's details, and the status that the body repeats. */
export const errorOf = ({ body }: Answer): Record<string, unknown> => ({
  status: body.status,
  ...body['o:errorDetails'][0],
});

/** Calls below the record service, with JSON bodies. */
export function recordCalls(send: Send) {
  const call = (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const url = `${records}/${path}`;
    if (body === undefined) return send(method, url, { headers });
    return send(method, url, { body, headers: { 'content-type': 'application/json', ...headers } });
  };
  const idOf = ({ headers }: Answer): string => /(\d+)$/.exec(headers.get('location') ?? '')?.[1] ?? '';
  return {
    call,
    /** The internal id in `Location`. */
    idOf,
    async read(path: string): Promise<Json> {
      const { status, body } = await call('GET', path);
      expect([path, status]).toEqual([path, 200]);
      return body;
    },
    async written(answer: Answer | Promise<Answer>): Promise<string> {
      const done = await answer;
      expect(done).toMatchObject({ status: 204, body: undefined });
      return idOf(done);
    },
  };
}

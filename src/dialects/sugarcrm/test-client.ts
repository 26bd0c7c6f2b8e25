/** For tests: a server of their own with the demo records, and a client that speaks to it as the vendor's do. */
import { afterAll, beforeAll } from 'vitest';
import { type FreshServer, freshServer } from '../../../test/fresh-server.ts';
import type { Hub } from '../../engine/hub.ts';
import type { Caller } from '../../model/principal.ts';
import type { Dialect } from '../contract.ts';
import { sugarcrm } from './index.ts';

/** Answers for paths that are no dialect's. */
export const fallback: Dialect = { ...sugarcrm, name: 'native', paths: [], register: () => {} };

export type Answered = {
  readonly status: number;
  readonly body: unknown;
  /** The body's `error_message`; empty when there is none. */
  readonly message: string;
  readonly headers: Headers;
};

/** `as` is `admin`, `power`, `member`, a token, or null for nobody. A body of text or bytes is sent as it is, any other as JSON. */
export type Call = (
  method: string,
  path: string,
  body?: unknown,
  options?: { readonly as?: string | null; readonly headers?: Readonly<Record<string, string>> },
) => Promise<Answered>;

export type SugarServer = { readonly call: Call; readonly hub: Hub };

/** One server for the tests of a `describe`, or of a file; it is there once its tests run. */
export function sugarServer(dialect: Dialect = sugarcrm): SugarServer {
  let server: FreshServer | undefined;
  beforeAll(async () => {
    server = await freshServer({ dialects: [fallback, dialect] });
  });
  afterAll(() => server?.close());
  const started = (): FreshServer => {
    if (server === undefined) throw new Error('the server starts before the tests, not before their description');
    return server;
  };
  const call: Call = async (method, path, body, { as = 'admin', headers = {} } = {}) => {
    const response = await fetch(`${started().url}${path}`, {
      method,
      headers: { ...(as === null ? {} : { 'OAuth-Token': tokenOf(as) }), ...headers },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' || Buffer.isBuffer(body) ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer: unknown = JSON.parse(text);
    const message = (answer as { error_message?: string }).error_message ?? '';
    return { status: response.status, body: answer, message, headers: response.headers };
  };
  return {
    call,
    get hub() {
      return started().hub;
    },
  };
}

/** The administrator of the demo, for what goes past this dialect. */
export async function adminOf(hub: Hub): Promise<Caller> {
  const principal = await hub.access.bearer('kw_demo_admin', 'native');
  if (principal === undefined) throw new Error('the demo has an administrator');
  return { principal, via: 'test', requestId: 'test' };
}

const tokenOf = (as: string): string => (['admin', 'power', 'member'].includes(as) ? `kw_demo_${as}` : as);

/** The id of the record that an answer is about: its `record`, or its own. */
export function idOf({ body }: Answered): string {
  const { record, id } = body as { record?: string; id?: string };
  return record ?? id ?? '';
}

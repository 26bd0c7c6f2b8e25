/** The APIs as each vendor's own clients call them: every path is sent as it is written, with the vendor's own credential. */
import { createHmac } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';
import OAuth from 'oauth-1.0a';
import { served } from './served.ts';

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what a test finds out
export type Json = any;
export type Headers = Readonly<Record<string, string>>;
export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The content type without its parameters; empty when there is no body. */
  readonly mediaType: string;
  readonly text: string;
  /** The text parsed where it is JSON, else undefined. */
  readonly body: Json;
};
/** An object goes out as JSON, with that content type; text and bytes as they are, with the content type of `headers` only. */
export type Send = (method: string, path: string, body?: unknown, headers?: Headers) => Promise<Answer>;

/** Unlike fetch, leaves `..` and every escape of the path alone, and adds no header of its own. */
export const clientOf =
  (origin: string, credentials: Headers | ((method: string, url: string) => Headers) = {}): Send =>
  (method, path, body, headers = {}) => {
    const isText = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
    const payload = isText ? body : JSON.stringify(body);
    const own = typeof credentials === 'function' ? credentials(method, `${origin}${path}`) : credentials;
    return exchange(origin, method, path, payload, {
      ...(isText ? {} : { 'Content-Type': 'application/json' }),
      ...own,
      ...headers,
    });
  };

function exchange(
  origin: string,
  method: string,
  path: string,
  payload: string | Buffer | undefined,
  headers: Headers,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { hostname, port } = new URL(origin);
  const length = payload === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(payload)) };
  const call = request({ hostname, port, method, path, headers: { ...length, ...headers } }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', reject);
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const mediaType = response.headers['content-type']?.split(';')[0] ?? '';
      const body = /json$/.test(mediaType) && text !== '' ? JSON.parse(text) : undefined;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, mediaType, text, body });
    });
  });
  call.on('error', reject);
  call.end(payload);
  return promise;
}

export const guid = '755053b0-ba42-494a-b467-8c2cf408be65';
const json = { 'Content-Type': 'application/json' };

function must(answer: Answer): Json {
  if (answer.status === 200) return answer.body;
  throw new Error(`${answer.status} ${answer.text}`);
}

export const native = (origin: string, key = 'kw_demo_admin'): Send =>
  clientOf(origin, { Authorization: `Bearer ${key}` });

/** Signs in by the password grant, and sends the token as `OAuth-Token`. */
export async function sugarcrm(origin: string, user = 'admin'): Promise<Send> {
  const { access_token } = must(
    await clientOf(origin)('POST', '/rest/v11_10/oauth2/token', {
      ...{ grant_type: 'password', client_id: 'sugar', client_secret: '' },
      ...{ username: user, password: 'keyway-demo', platform: 'base' },
    }),
  );
  return clientOf(origin, { 'OAuth-Token': access_token });
}

/** Signs in at Authenticate, and sends the token as `Token`. */
export async function origami(origin: string, user = 'admin@keyway.test'): Promise<Send> {
  const credentials = { Account: 'Demo', ClientName: 'Demo', User: user, Password: 'keyway-demo' };
  const { token } = must(await clientOf(origin)('POST', '/OrigamiApi/Authentication/Authenticate', credentials));
  return clientOf(origin, { Token: token });
}

/** Signs each request with OAuth 1.0a, HMAC-SHA256. */
export function netsuite(origin: string): Send {
  const oauth = new OAuth({
    consumer: { key: 'kw_demo_ck', secret: 'kw_demo_cs' },
    realm: 'KEYWAY_DEMO',
    signature_method: 'HMAC-SHA256',
    hash_function: (text, key) => createHmac('sha256', key).update(text).digest('base64'),
  });
  const token = { key: 'kw_demo_tk', secret: 'kw_demo_ts' };
  return clientOf(origin, (method, url) => ({ ...oauth.toHeader(oauth.authorize({ url, method }, token)) }));
}

/** HTTP Basic with the e-mail address, `/token` and the API token. */
export function zendesk(origin: string, user = 'admin'): Send {
  const credentials = Buffer.from(`${user}@keyway.test/token:kw_demo_${user}`).toString('base64');
  return clientOf(origin, { Authorization: `Basic ${credentials}`, ...json });
}

/** Asks for a token by client credentials, and sends it as Bearer. */
export async function relatics(origin: string): Promise<Send> {
  const form = 'grant_type=client_credentials&client_id=kw_demo_client&client_secret=kw_demo_client_secret';
  const { access_token } = must(
    await clientOf(origin)('POST', '/auth/realms/Demo/protocol/openid-connect/token', form, {
      'Content-Type': 'application/x-www-form-urlencoded',
    }),
  );
  return clientOf(origin, { Authorization: `Bearer ${access_token}` });
}

export type Clients = Readonly<Record<'native' | 'sugarcrm' | 'origami' | 'netsuite' | 'zendesk' | 'relatics', Send>>;

/** All of them, as the administrator of the demo workspace. */
export async function signIn(origin: string): Promise<Clients> {
  return {
    native: native(origin),
    sugarcrm: served('sugarcrm') ? await sugarcrm(origin) : clientOf(origin),
    origami: served('origami') ? await origami(origin) : clientOf(origin),
    netsuite: netsuite(origin),
    zendesk: zendesk(origin),
    relatics: served('relatics') ? await relatics(origin) : clientOf(origin),
  };
}

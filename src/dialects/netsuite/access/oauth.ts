/** OAuth 1.0a signatures as the vendor's token-based authentication uses them (RFC 5849, HMAC-SHA256). */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** RFC 3986: unlike encodeURIComponent, `!'()*` are encoded too, so that `!attach` is signed as `%21attach`. */
const percentEncode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

type Pair = readonly [name: string, value: string];

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not percent-encoding at all: signed as it stands
  }
}

const pairsOf = (query: string): Pair[] =>
  query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [decode(name.replaceAll('+', ' ')), decode(value.join('=').replaceAll('+', ' '))];
    });

const byNameThenValue = ([nameA, valueA]: Pair, [nameB, valueB]: Pair): number => {
  if (nameA !== nameB) return nameA < nameB ? -1 : 1;
  return valueA < valueB ? -1 : valueA > valueB ? 1 : 0;
};

export type SignedRequest = {
  readonly method: string;
  /** Scheme, host and port, default ports left out: `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** Path and query exactly as received. */
  readonly rawUrl: string;
  /** The parameters of the Authorization header; `realm` and `oauth_signature` are no part of what is signed. */
  readonly parameters: ReadonlyMap<string, string>;
};

function baseStringOf({ method, origin, rawUrl, parameters }: SignedRequest): string {
  const question = rawUrl.indexOf('?');
  const path = question < 0 ? rawUrl : rawUrl.slice(0, question);
  const query = question < 0 ? '' : rawUrl.slice(question + 1);
  const signed = [...parameters].filter(([name]) => name !== 'realm' && name !== 'oauth_signature');
  const pairs = [...signed, ...pairsOf(query)]
    .map(([name, value]): Pair => [percentEncode(name), percentEncode(value)])
    .sort(byNameThenValue)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return [method.toUpperCase(), percentEncode(origin + path), percentEncode(pairs)].join('&');
}

export type Secrets = { readonly consumer: string; readonly token: string };

export const signatureOf = (request: SignedRequest, secrets: Secrets): string =>
  createHmac('sha256', `${percentEncode(secrets.consumer)}&${percentEncode(secrets.token)}`)
    .update(baseStringOf(request))
    .digest('base64');

/** In constant time. */
export function sameSignature(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Reads `realm="..", oauth_token=".."`, values percent-decoded. Undefined when it is not that, or says a name twice. */
export function parseOAuthHeader(text: string): ReadonlyMap<string, string> | undefined {
  const parameter = /\s*([A-Za-z_]+)\s*=\s*"([^"]*)"\s*(,|$)/y;
  const found = new Map<string, string>();
  while (parameter.lastIndex < text.length) {
    const match = parameter.exec(text);
    const [, name, value] = match ?? [];
    if (name === undefined || value === undefined || found.has(name)) return undefined;
    found.set(name, decode(value));
  }
  return found.size === 0 ? undefined : found;
}

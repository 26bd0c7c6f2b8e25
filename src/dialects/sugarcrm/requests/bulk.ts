/** Many requests in one: each is a request of its own to the same server, one after the other, and has an answer of its own. */
import { STATUS_CODES } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { isObject, parseJson } from '../../../model/json.ts';
import { invalidParameter, missingParameter, SugarError } from '../errors.ts';
import { type Answer, ok, type Visit } from './visit.ts';

type Part = {
  readonly url: string;
  readonly method: string;
  readonly body: string | undefined;
  readonly headers: Headers;
};
type Headers = Readonly<Record<string, string>>;
type PartAnswer = {
  readonly contents: unknown;
  readonly headers: Headers;
  readonly status: number;
  readonly status_text: string;
};

/** In the order of the requests; one that fails does not stop the others. */
export async function bulk(visit: Visit): Promise<Answer> {
  const { requests } = visit.args;
  if (requests === undefined) throw missingParameter('requests');
  if (!Array.isArray(requests)) throw invalidParameter('requests must be a list.');
  const parts = requests.map((part) => partOf(part, visit.request));
  const answers: PartAnswer[] = [];
  for (const part of parts) answers.push(await answerTo(part, visit.request));
  return ok('answered', answers);
}

const methods: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Headers of the bulk request that hold for its parts, unless a part has its own. */
const shared: readonly string[] = ['oauth-token', 'authorization', 'host', 'x-forwarded-host', 'x-forwarded-proto'];

function partOf(part: unknown, request: FastifyRequest): Part {
  if (!isObject(part)) throw invalidParameter('Each of the requests must be an object.');
  const { url, method = 'GET', data, headers = [] } = part;
  if (typeof url !== 'string' || url === '') throw missingParameter('url');
  if (typeof method !== 'string' || !methods.includes(method.toUpperCase())) {
    throw invalidParameter(`There is no method ${JSON.stringify(method)}.`);
  }
  const inherited = shared.flatMap((name) => {
    const value = request.headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return {
    url: url.startsWith('/') ? url : `/${url}`,
    method: method.toUpperCase(),
    body: data === undefined || data === null ? undefined : typeof data === 'string' ? data : JSON.stringify(data),
    headers: { 'content-type': 'application/json', ...Object.fromEntries(inherited), ...headersOf(headers) },
  };
}

/** `["OAuth-Token: …"]`, or an object. A token of its own stands in the place of the bulk request's. */
function headersOf(given: unknown): Headers {
  const pairs = Array.isArray(given)
    ? given.map((line: unknown) => /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/.exec(String(line))?.slice(1) ?? [])
    : Object.entries(isObject(given) ? given : {});
  const own: Record<string, string> = {};
  for (const [name, value] of pairs) {
    if (typeof name !== 'string' || typeof value !== 'string' || /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw invalidParameter('headers are texts as "Name: value".');
    }
    // The body is JSON whatever they say, and its length is known better here.
    if (!/^(content-length|transfer-encoding|host|connection)$/i.test(name)) own[name.toLowerCase()] = value;
  }
  if ('oauth-token' in own || 'authorization' in own) return { 'oauth-token': '', authorization: '', ...own };
  return own;
}

async function answerTo(part: Part, request: FastifyRequest): Promise<PartAnswer> {
  const { headers, method, body } = part;
  const base = `${new URL(request.publicBase).pathname.replace(/\/$/, '')}/rest`;
  const { pathname, search } = new URL(`http://localhost${base}${part.url}`);
  // Dots in a path must not lead to another vendor's.
  if (!pathname.startsWith(`${base}/v`)) return failed(new SugarError('incorrect_version'));
  if (/\/v[^/]*\/bulk\/?$/.test(pathname))
    return failed(invalidParameter('A bulk request has no bulk requests in it.'));
  const answer = await request.server.inject({
    ...{ url: `${pathname}${search}`, method: method as 'GET', headers },
    ...(body !== undefined && { payload: body }),
  });
  const parsed = parseJson(answer.payload);
  return {
    contents: parsed.ok ? parsed.value : answer.payload,
    headers: { 'Content-Type': String(answer.headers['content-type'] ?? '') },
    status: answer.statusCode,
    status_text: STATUS_CODES[answer.statusCode] ?? '',
  };
}

const failed = (error: SugarError): PartAnswer => ({
  contents: error.body,
  headers: {},
  status: error.status,
  status_text: STATUS_CODES[error.status] ?? '',
});

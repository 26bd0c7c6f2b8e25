/** The native API, as the console calls it: the session cookie goes along by itself. */
import type { Problem } from './types.ts';

/** A refusal, in the API's own words: what is wrong, where, and what to do. */
export class ApiProblem extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ApiProblem';
    this.problem = problem;
  }
}

/** An address of the console names what there is not. */
export class NothingThere extends Error {
  override readonly name = 'NothingThere';
}

/** The server did not answer, or something else answered in its place. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** How much of the body has gone, and how much it is; the server reads it as it comes. */
export type OnSent = (bytes: number, of: number) => void;

export type Call = {
  readonly query?: Query;
  /** An object is sent as JSON. */
  readonly body?: object;
  /** A body that is sent as it is, of this media type. */
  readonly file?: { readonly content: Blob | string; readonly type: string };
  /** Told while the file is sent. */
  readonly onSent?: OnSent;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
};

/** `/w/{workspace}`, where the page's own address has it: whoever is a user of several workspaces signs in to that one there. */
export const prefix = /^\/w\/[^/]+/.exec(window.location.pathname)?.[0] ?? '';

/** @param address with its parts percent-encoded: see `path`. Throws what is no success. */
export async function send(method: string, address: string, options: Call = {}): Promise<Response> {
  const { query = {}, body, file, headers = {}, signal = null, onSent } = options;
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  const type = file?.type ?? (body === undefined ? undefined : 'application/json');
  const asked: RequestInit & Asked = {
    method,
    signal,
    headers: { ...(type !== undefined && { 'content-type': type }), accept: 'application/json', ...headers },
    ...(file !== undefined && { body: file.content }),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  const url = `${prefix}${address}${search.size === 0 ? '' : `?${search}`}`;
  const response = await (onSent === undefined ? fetch(url, asked) : sendTelling(url, asked, onSent)).catch(
    (fault: unknown) => {
      if (signal?.aborted) throw fault;
      throw new NoAnswer('The server does not answer. Is it running, and are you connected?');
    },
  );
  if (response.ok) return response;
  if (isJson(response)) throw new ApiProblem((await response.json()) as Problem);
  throw new NoAnswer(`Something in between answered with status ${response.status}.`);
}

const isJson = ({ headers }: Response): boolean => /[/+]json\b/.test(headers.get('content-type') ?? '');

export async function call<Answer>(method: string, address: string, options: Call = {}): Promise<Answer> {
  const response = await send(method, address, options);
  return (isJson(response) ? await response.json() : await response.text()) as Answer;
}

type Asked = { readonly method: string; readonly headers: Record<string, string>; readonly body?: Blob | string };

/** `fetch` does not say how far a body has gone. */
function sendTelling(url: string, { method, headers, body }: Asked, onSent: OnSent): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onSent(loaded, total);
    request.onload = () => {
      const answered = { 'content-type': request.getResponseHeader('content-type') ?? '' };
      resolve(new Response(request.responseText, { status: request.status, headers: answered }));
    };
    request.onerror = () => reject(new TypeError('The request failed.'));
    request.send(body ?? null);
  });
}

export const get = <Answer>(address: string, query?: Query, signal?: AbortSignal): Promise<Answer> =>
  call('GET', address, { ...(query && { query }), signal });

/** An address of parts that may hold any text: path`/v1/records/${type}/${ref}`. */
export const path = (parts: TemplateStringsArray, ...values: readonly (string | number)[]): string =>
  String.raw({ raw: parts }, ...values.map((value) => encodeURIComponent(value)));

/** Calls of a server's native API: the commands that move data speak HTTP like everybody else, and need nothing but an address and a key. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { CommandFailure, codeOf, exitCodes, messageOf } from '../failure.ts';

export type Api = { readonly url: URL; readonly key: string };

/** The key has no flag: a command line can be read by every user of the machine. */
export function apiOf(flag: string | undefined, env: NodeJS.ProcessEnv = process.env): Api {
  const text = flag ?? (env.KEYWAY_URL || 'http://127.0.0.1:8080');
  const url = URL.parse(text);
  const problems: string[] = [];
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const source = flag === undefined ? 'KEYWAY_URL' : '--url';
    problems.push(`${source}: must be the address of a server, as https://hub.example.com, not ${text}`);
  }
  const key = env.KEYWAY_API_KEY ?? '';
  if (!/^[\x21-\x7e]+$/.test(key))
    problems.push('KEYWAY_API_KEY: must be set to an API key; keyway keys create makes one');
  if (url === null || problems.length > 0) throw new CommandFailure(problems, exitCodes.usage);
  return { url, key };
}

/** The connection broke, or the server asks to be tried again later. */
export class Dropped extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Dropped';
  }
}

export type Call = {
  readonly method: 'GET' | 'POST';
  /** Below `/v1`, its parts encoded already. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly accept: string;
  /** `afterAnswer`: is sent once the server has begun to answer, so that what it says first is known whatever happens to the body. */
  readonly body?: { readonly media: string; readonly stream: Readable; readonly afterAnswer?: boolean };
};

/** A proxy may hold a request back until it is whole: then nothing is answered before the body is sent. */
const longestWaitMs = 2_000;

/** Sends, and answers as soon as the server does, which may be while the body is on its way. Throws Dropped, or CommandFailure for a refusal. */
export async function send(api: Api, call: Call): Promise<IncomingMessage> {
  const answer = await begin(api, call);
  if (isTaken(answer)) return answer;
  const problem = (await json(answer).catch(() => undefined)) as Problem | undefined;
  call.body?.stream.destroy();
  if (problem === undefined) throw new Dropped(`The server answered ${answer.statusCode}.`);
  throw refusalOf(problem);
}

/** The answer to a call, as JSON. */
export async function ask<Answer>(api: Api, call: Omit<Call, 'accept'>): Promise<Answer> {
  const answer = await send(api, { ...call, accept: 'application/json' });
  return (await json(answer).catch((error: Error) => {
    throw new Dropped(`The connection broke: ${error.message}`);
  })) as Answer;
}

export const jsonBody = (value: unknown): NonNullable<Call['body']> => ({
  media: 'application/json',
  stream: Readable.from([JSON.stringify(value)]),
});

const isTaken = ({ statusCode }: IncomingMessage): boolean => statusCode === 200 || statusCode === 202;

export type Problem = {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly remedy: string;
  /** All that `detail` says the first of. */
  readonly violations: readonly { readonly path: string | null; readonly message: string }[];
};

export const refusalOf = ({ status, remedy, detail, violations }: Problem): Error =>
  status === 503 ? new Dropped(detail) : new CommandFailure([...violations.map(inWords), remedy]);

/** What is said of the address or its query is not in the input. */
const inWords = ({ path, message }: Problem['violations'][number]): string =>
  path === null || /^(path|query|header)\./.test(path) ? message : `${path}: ${message}`;

function begin({ url, key }: Api, { method, path, query = {}, accept, body }: Call): Promise<IncomingMessage> {
  const target = new URL(url);
  target.pathname = `${url.pathname.replace(/\/$/, '')}/v1/${path}`;
  for (const [name, value] of Object.entries(query)) if (value !== undefined) target.searchParams.append(name, value);
  const headers = { authorization: `Bearer ${key}`, accept, ...(body && { 'content-type': body.media }) };
  return new Promise((resolve, reject) => {
    const request = (target.protocol === 'https:' ? httpsRequest : httpRequest)(target, { method, headers });
    request.on('response', resolve);
    request.on('error', (error) => {
      body?.stream.destroy();
      reject(connectionFailure(url, error)); // of no effect once there is an answer, which then breaks off itself
    });
    if (body === undefined) {
      request.end();
      return;
    }
    body.stream.on('error', (error) => {
      request.destroy();
      reject(new CommandFailure(`Cannot read the input: ${messageOf(error)}`, undefined, { cause: error }));
    });
    request.once('response', (answer) => {
      // The rest of the body will not come, and the connection would wait for it.
      if (!isTaken(answer)) answer.once('end', () => request.destroy());
    });
    if (!body.afterAnswer) {
      body.stream.pipe(request);
      return;
    }
    request.flushHeaders();
    const late = setTimeout(() => body.stream.pipe(request), longestWaitMs);
    request.once('close', () => clearTimeout(late));
    request.once('response', (answer) => {
      clearTimeout(late);
      if (isTaken(answer)) body.stream.pipe(request);
    });
  });
}

/** The lines of an answer; throws Dropped when it ends in the middle. */
export async function* linesOf(answer: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  try {
    for await (const piece of answer.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    throw new Dropped(`The connection broke: ${messageOf(error)}.`, { cause: error });
  }
}

function connectionFailure(url: URL, error: Error): Error {
  const code = codeOf(error);
  const unreachable = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code);
  return unreachable
    ? new Dropped(`Cannot reach ${url.origin}: ${code}.`, { cause: error })
    : new Dropped(`The connection broke: ${error.message}.`, { cause: error });
}

/** Idempotency-Key: a request that is repeated with the same key is done once, and answered as the first time. */
import { createHash, hash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import type { Caller, StreamedOnce } from '../../../model/principal.ts';
import { piecesOf } from '../../bodies.ts';
import { signedIn } from '../access/credentials.ts';
import { problem } from '../problem-answer.ts';

/** undefined: the request has none. */
function keyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined || (typeof key === 'string' && /^[\x20-\x7e]{1,255}$/.test(key))) return key;
  throw problem(
    'idempotency_key_malformed',
    'header.idempotency-key',
    'An Idempotency-Key has 1 to 255 printable characters.',
  );
}

/** What a request asks, but for its body. */
const beginningOf = ({ method, rawUrl, headers }: FastifyRequest): string =>
  `${[method, rawUrl, headers['if-match'] ?? ''].join('\n')}\n`;

/** The caller of a write of records or links, whose outcome is kept with it. */
export function writingAs(request: FastifyRequest): Caller {
  const caller = signedIn(request);
  const key = keyOf(request);
  if (key === undefined) return caller;
  const asked = beginningOf(request) + JSON.stringify(request.body ?? null);
  return { ...caller, once: { key, fingerprint: hash('sha256', asked, 'base64url') } };
}

/** A body that is hashed as it passes, where the request has a key. */
export function readOnce(
  request: FastifyRequest,
  pieces: AsyncIterable<Buffer>,
): { readonly pieces: AsyncIterable<Buffer>; readonly once?: StreamedOnce } {
  const key = keyOf(request);
  if (key === undefined) return { pieces };
  const hashed = new HashedBody(beginningOf(request), pieces);
  return { pieces: hashed.pieces(), once: { key, fingerprint: () => hashed.fingerprint() } };
}

/** By the operation: their outcome is kept with what they write. The answers of all others are kept. */
const keptWithWrite = new Set([
  ...['createRecord', 'upsertRecord', 'deleteRecord', 'mergeRecords', 'linkRecords', 'unlinkRecords'],
  ...['submitSet', 'importRecords', 'importLinks'],
]);
/** What they answer is shown once. */
const secret = new Set(['createKey', 'createWebhook']);

/** Has every other write of the scope that is told here be answered once. To be called before its routes are registered. */
export function answerWritesOnce(app: FastifyInstance, hub: Hub): void {
  app.addHook('onRoute', (route) => {
    const operation = route.schema?.operationId ?? '';
    if (['GET', 'HEAD'].includes(String(route.method)) || keptWithWrite.has(operation)) return;
    const { handler } = route;
    const isSecret = secret.has(operation);
    route.handler = async function (request, reply) {
      const work = async () => handler.call(this, request, reply);
      const { plan } = request.query as { readonly plan?: boolean };
      return plan ? work() : answerOnce(hub, request, reply, isSecret, work);
    };
  });
}

const keptHeaders = ['content-type', 'location'];

async function answerOnce(
  hub: Hub,
  request: FastifyRequest,
  reply: FastifyReply,
  isSecret: boolean,
  work: () => Promise<unknown>,
): Promise<unknown> {
  const asked = wholeOnce(request);
  if (asked === undefined) return work();
  const answer = await hub.answerOnce(signedIn(request), asked, { isSecret }, async () => {
    const body = await work();
    const headers = keptHeaders.flatMap((name) => {
      const value = reply.getHeader(name);
      return value === undefined ? [] : [[name, String(value)]];
    });
    return { status: reply.statusCode, headers: Object.fromEntries(headers), body };
  });
  request.outcome ??= 'repeated';
  reply.code(answer.status).headers(answer.headers);
  return answer.body;
}

/** A body that is read as it arrives is put in the place of the request's own, to be hashed as it passes. */
function wholeOnce(request: FastifyRequest): StreamedOnce | undefined {
  if (request.body instanceof Readable) {
    const { pieces, once } = readOnce(request, piecesOf(request));
    if (once !== undefined) request.body = Readable.from(pieces);
    return once;
  }
  const { once } = writingAs(request);
  return once && { key: once.key, fingerprint: async () => once.fingerprint };
}

class HashedBody {
  readonly #hash;
  readonly #pieces: AsyncIterator<Buffer>;
  #fingerprint: string | undefined;

  constructor(beginning: string, pieces: AsyncIterable<Buffer>) {
    this.#hash = createHash('sha256').update(beginning);
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  async *pieces(): AsyncGenerator<Buffer> {
    let isOver = false;
    try {
      for (let next = await this.#next(); next !== undefined; next = await this.#next()) yield next;
      isOver = true;
    } finally {
      if (!isOver) await this.#pieces.return?.();
    }
  }

  /** Reads what has not passed yet. */
  async fingerprint(): Promise<string> {
    while ((await this.#next()) !== undefined);
    this.#fingerprint ??= this.#hash.digest('base64url');
    return this.#fingerprint;
  }

  async #next(): Promise<Buffer | undefined> {
    const next = await this.#pieces.next();
    if (next.done) return undefined;
    this.#hash.update(next.value);
    return next.value;
  }
}

/** Body parsers that a dialect registers in its scope. None of them knows a vendor. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type ParsedJson, parseJson } from '../model/json.ts';

/** A body that cannot be read; http turns it into the edge failure `malformed_body`. */
export class MalformedBody extends Error {
  readonly statusCode = 400;
  constructor(message: string) {
    super(message);
    this.name = 'MalformedBody';
  }
}

/** Nothing of a body arrived for too long. */
export class StalledBody extends Error {
  readonly statusCode = 408;
  constructor(patienceMs: number) {
    super(`Nothing of the body arrived for ${patienceMs / 1_000} seconds.`);
    this.name = 'StalledBody';
  }
}

type Done = (error: Error | null, value?: unknown) => void;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Without a byte order mark; undefined when it is not UTF-8: a guess would store other text than was sent. */
function textOf(body: Buffer): string | undefined {
  try {
    return utf8.decode(body);
  } catch {
    return undefined;
  }
}

/**
 * JSON for every content type in `types` (default: JSON, and no or unknown content type too, as vendors' clients often omit it).
 * An empty body is undefined. Numbers that would lose digits and text that cannot be stored stay marked for their own element.
 * @param read of what a vendor's own server reads: that keeps the last of several members of one name.
 */
export function acceptJson(
  app: FastifyInstance,
  types: string | RegExp | (string | RegExp)[] | '*' = '*',
  read: (text: string) => ParsedJson = parseJson,
): void {
  app.removeAllContentTypeParsers();
  const parse = (_request: FastifyRequest, body: Buffer, done: Done): void => {
    const text = textOf(body);
    if (text === undefined) return done(new MalformedBody('not UTF-8'));
    if (text.trim() === '') return done(null, undefined);
    const parsed = read(text);
    if (parsed.ok) done(null, parsed.value);
    else done(new MalformedBody(parsed.message));
  };
  for (const type of Array.isArray(types) ? types : [types]) {
    app.addContentTypeParser(type, { parseAs: 'buffer' }, parse);
  }
}

/**
 * A body that its parser handed on unread, as it arrives. What is left of it when `work` is done, or has had enough, is passed over:
 * otherwise the answer would find no reader, or the next request on the connection no answer.
 */
export async function readBody<T>(
  request: FastifyRequest,
  work: (pieces: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> {
  const pieces = piecesOf(request);
  try {
    return await work(pieces);
  } finally {
    await pieces.return(undefined);
    if (request.body instanceof Readable) request.body.resume();
  }
}

/** Throws StalledBody when nothing comes for too long while it is waited for: a place is kept for the sender meanwhile. */
export async function* piecesOf({ body, bodyPatienceMs }: FastifyRequest): AsyncGenerator<Buffer, undefined> {
  const stream = body instanceof Readable ? body : Readable.from([]);
  const pieces = stream.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  let hasStalled = false;
  try {
    for (;;) {
      const coming = pieces.next();
      const read = await within(bodyPatienceMs, coming);
      hasStalled = read === 'late';
      if (hasStalled) coming.catch(() => {}); // the sender may go away later
      if (read === 'late') throw new StalledBody(bodyPatienceMs);
      if (read.done) return;
      yield read.value;
    }
  } finally {
    if (!hasStalled) await pieces.return?.(); // it would wait for what does not come
  }
}

async function within<T>(ms: number, coming: Promise<T>): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  // Timers come before sockets: where this process was late itself, what has come meanwhile is read first.
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => setImmediate(resolve, 'late' as const), ms);
  });
  try {
    return await Promise.race([coming, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** `application/x-www-form-urlencoded`, as a plain object; of a repeated name the first counts. */
export function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    const form: Record<string, string> = Object.create(null);
    for (const [name, value] of new URLSearchParams(body as string)) form[name] ??= value;
    done(null, form);
  });
}

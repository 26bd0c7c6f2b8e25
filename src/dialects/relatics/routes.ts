/** The two interface addresses: a complete set in by POST, the ids of a type element's elements out by GET. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../../engine/hub.ts';
import { readBody } from '../bodies.ts';
import type { Dialect } from '../contract.ts';
import { begun, inPieces } from '../pieces.ts';
import { type Admission, admit } from './admission.ts';
import { openSet } from './bodies/set-form.ts';
import { typeNames } from './bodies/shape.ts';
import { RelaticsError, sendError } from './errors.ts';
import { acceptedMediaType, type BodyLanguage, bodyLanguageOf, defaultMediaType } from './negotiation.ts';
import { maxSetBytes, type RelaticsOptions } from './options.ts';
import { listRefusal, renderProvided, renderRun, syncRefusal } from './render.ts';

const base = '/api/v1/workspaces/:workspace/interfaces';

type Context = { readonly dialect: Dialect; readonly hub: Hub; readonly options: RelaticsOptions };

export function registerInterfaceRoutes(app: FastifyInstance, context: Context): void {
  const { dialect, hub } = context;
  app.removeAllContentTypeParsers();
  // The body is read as it arrives, whatever its content type.
  app.addContentTypeParser('*', (_request, body, done) => done(null, body));
  app.setErrorHandler((error, request, reply) => {
    if (!(error instanceof RelaticsError)) throw error;
    request.outcome = error.code;
    return sendError(reply, error, acceptedMediaType(request.headers.accept) ?? defaultMediaType);
  });

  // Admission comes before the body is read, so that nothing is taken from a stranger.
  const admitted = new WeakMap<FastifyRequest, Admission>();
  const admission = (request: FastifyRequest): Admission => {
    const found = admitted.get(request);
    if (found === undefined) throw new Error('a route ran before its admission');
    return found;
  };

  app.post(`${base}/synchronizing/:endpoint`, {
    onRequest: async (request) => {
      request.operation = 'sync';
      admitted.set(request, await admit(dialect, hub, request, 'synchronising'));
    },
    handler: (request, reply) => synchronise(context, admission(request), request, reply),
  });

  app.get(`${base}/providing/:endpoint`, {
    onRequest: async (request) => {
      request.operation = 'provide';
      admitted.set(request, await admit(dialect, hub, request, 'providing'));
    },
    handler: (request, reply) => provide(context, admission(request), request, reply),
  });
}

async function synchronise(
  { hub, options }: Context,
  admission: Admission,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const body = languageOf(admission, request, options);
  const outcome = await readBody(request, async (pieces) => {
    const open = await openSet(upTo(maxSetBytes, pieces), body, options);
    return hub.sync(admission.caller, admission.interface.endpoint, open, { waitMs: options.queuedWaitMs });
  });
  if (outcome.kind !== 'done') throw syncRefusal(outcome);
  request.outcome = outcome.run.state;
  return reply
    .header('content-type', `${admission.mediaType}; charset=utf-8`)
    .send(renderRun(outcome.run, admission.mediaType));
}

function languageOf(
  { mediaType }: Admission,
  request: FastifyRequest,
  { undeclaredBodies }: RelaticsOptions,
): BodyLanguage {
  if (Number(request.headers['content-length'] ?? 0) > maxSetBytes) throw tooLarge();
  const contentType = request.headers['content-type'];
  const language = bodyLanguageOf(contentType, undeclaredBodies === 'json' ? defaultMediaType : mediaType);
  if (language !== undefined) return language;
  throw new RelaticsError(
    'UnsupportedMediaType',
    `The body must be application/json or application/xml, not ${contentType}.`,
  );
}

const tooLarge = (): RelaticsError => new RelaticsError('TooLarge', `The body is larger than ${maxSetBytes} bytes.`);

/** A body in chunks does not say how long it is. */
async function* upTo(most: number, body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > most) throw tooLarge();
    yield piece;
  }
}

async function provide(
  { hub, options }: Context,
  { caller, type, mediaType }: Admission,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = { type: type.key, filters: [], sort: [] };
  const pieces = inPieces(async (asked) => {
    const page = await hub.list(caller, { ...query, ...asked });
    if (page.kind !== 'page') throw listRefusal(page);
    return page;
  });
  const records = await begun(pieces);

  request.outcome = 'provided';
  return reply
    .header('content-type', `${mediaType}; charset=utf-8`)
    .send(Readable.from(renderProvided(records, mediaType, { ...typeNames(type), members: options.providedMembers })));
}

/** `/v1/changes`: the change feed, as pages to ask for, with or without waiting, or as server-sent events. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ChangeFilter, ChangesQuery } from '../../../engine/changes/changes.ts';
import type { Hub } from '../../../engine/hub.ts';
import { eventKinds, type FeedKind } from '../../../model/events.ts';
import { changeKinds } from '../../../model/record.ts';
import { shorten } from '../../../model/text.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { type ProblemError, problem } from '../problem-answer.ts';
import { FeedPageShape, type FeedQuery, FeedQueryShape } from '../shapes/changes.ts';
import { refTo } from '../shapes/common.ts';
import { timeParameter } from '../time-parameter.ts';
import { pageOf } from './changes-page.ts';
import { eventStream, eventStreamType } from './changes-stream.ts';
import { OpenReaders } from './open-readers.ts';

const readChanges = describeOperation({
  id: 'readChanges',
  tag: 'Changes',
  summary: 'Read the change feed from any place on',
  description:
    'Every change that the key may see, in the order in which the commits became visible: whoever keeps `next` and sends it as `after` misses nothing and reads nothing twice. With `Accept: text/event-stream` the connection stays open and each change is an event whose id is its place; a client that connects again sends it as `Last-Event-ID`.',
  access: 'signed_in',
  query: FeedQueryShape,
  media: ['application/json', eventStreamType],
  answers: { 200: { description: 'What follows, as far as there is any.', schema: refTo(FeedPageShape) } },
  problems: [403, 404, 410, 429],
});

export function changeRoutes(app: FastifyInstance, hub: Hub): void {
  const readers = new OpenReaders(app);
  app.get<{ Querystring: FeedQuery }>('/v1/changes', { schema: readChanges }, async (request, reply) => {
    const caller = signedIn(request);
    const query = feedQuery(request);
    if (request.query.order === 'newest') return pageOf(await hub.latestChanges(caller, latestQuery(request, query)));
    const { since, until } = request.query;
    if ((since ?? until) !== undefined)
      throw invalid(since === undefined ? 'until' : 'since', 'Times are for people who look: read the newest first.');
    if (request.headers.accept?.includes(eventStreamType)) {
      const signal = readers.enter(caller, reply);
      const events = await eventStream(hub, request, { ...query, signal });
      return reply
        .type(eventStreamType)
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no')
        .header('connection', 'close') // once it ends, nothing else is to come, and a server that stops need not wait
        .send(Readable.from(events, { objectMode: true, highWaterMark: 1 }));
    }
    const waits = query.waitMs === 0 ? {} : { signal: readers.enter(caller, reply) };
    return pageOf(await hub.changes(caller, { ...query, ...waits }));
  });
}

function feedQuery(request: FastifyRequest<{ Querystring: FeedQuery }>): ChangesQuery {
  const { after, wait, limit, type, kind, cause, principal, run } = request.query;
  return {
    ...(after !== undefined && { after }),
    ...(type !== undefined && { types: type.split(',') }),
    ...(kind !== undefined && { kinds: kind.split(',').map(feedKind) }),
    ...(cause !== undefined && { causes: causesOf(cause) }),
    ...(principal !== undefined && { principals: [principal] }),
    ...(run !== undefined && { run }),
    limit,
    waitMs: wait * 1000,
  };
}

/** Whoever waits, or keeps a connection open, waits for what comes next. */
function latestQuery({ query: asked, headers }: FastifyRequest<{ Querystring: FeedQuery }>, query: ChangesQuery) {
  if (asked.wait > 0) throw invalid('wait', 'wait is for changes to come: leave it out, or read the oldest first.');
  if (headers.accept?.includes(eventStreamType))
    throw invalid('order', 'Events come as they happen: ask for JSON, or read the oldest first.');
  const { after: _after, waitMs: _waitMs, ...rest } = query;
  return {
    ...rest,
    ...(asked.after !== undefined && { after: asked.after }),
    ...(asked.since !== undefined && { since: timeParameter('since', asked.since) }),
    ...(asked.until !== undefined && { until: timeParameter('until', asked.until) }),
  };
}

const kinds: readonly string[] = [...changeKinds, ...eventKinds];
const isFeedKind = (text: string): text is FeedKind => kinds.includes(text);

function feedKind(text: string): FeedKind {
  if (isFeedKind(text)) return text;
  throw invalid('kind', `There is no kind of change "${shorten(text)}". Allowed: ${kinds.join(', ')}.`);
}

function causesOf(text: string): NonNullable<ChangeFilter['causes']> {
  const butThose = text.startsWith('-');
  const names = text.slice(butThose ? 1 : 0).split(',');
  if (names.every((name) => /^[a-z]+$/.test(name))) return { names, butThose };
  throw invalid('cause', 'cause is a list of API names, and `run`, with `-` before the first for all but those.');
}

const invalid = (name: string, message: string): ProblemError => problem('parameter_invalid', `query.${name}`, message);

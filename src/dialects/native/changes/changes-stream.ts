/** The change feed as server-sent events. */
import type { FastifyRequest } from 'fastify';
import type { ChangesQuery } from '../../../engine/changes/changes.ts';
import type { Hub } from '../../../engine/hub.ts';
import { authorizationOf } from '../../contract.ts';
import { signedIn } from '../access/credentials.ts';
import type { FeedPageAnswer } from '../shapes/changes.ts';
import { pageOf } from './changes-page.ts';

export const eventStreamType = 'text/event-stream';

/** Less than proxies commonly let a connection be silent. */
const heartbeatMs = 15_000;

/**
 * Reads on only as fast as its client takes the events. The key is looked up again with each page: once it is revoked, the stream ends.
 * @returns text in pieces, each of whole events. Throws, before any event, what a page would be refused for.
 */
export async function eventStream(
  hub: Hub,
  request: FastifyRequest,
  query: ChangesQuery,
): Promise<AsyncIterable<string>> {
  const caller = signedIn(request);
  // A client that connects again repeats the address that it began with.
  const lastId = request.headers['last-event-id'];
  const after = typeof lastId === 'string' && lastId !== '' ? lastId : query.after;
  const place = after === undefined ? {} : { after };
  const first = pageOf(await hub.changes(caller, { ...query, ...place, waitMs: 0 }));
  const isStillIn = async (): Promise<boolean> =>
    (await hub.access.bearer(authorizationOf(request, 'Bearer') ?? '', caller.via)) !== undefined;

  async function* events(): AsyncGenerator<string> {
    yield `retry: 1000\n\n${render(first)}`;
    let { next } = first;
    while (!query.signal?.aborted && (await isStillIn())) {
      const outcome = await hub.changes(caller, { ...query, after: next, waitMs: heartbeatMs });
      if (outcome.kind !== 'changes') return; // its client connects again, and is told why
      yield render(pageOf(outcome));
      next = outcome.next;
    }
  }
  return events();
}

/** Without data, an event only moves the client's place on, past changes that it did not ask for; the comment is the heartbeat. */
const render = ({ items, next }: FeedPageAnswer): string =>
  items
    .map((item) => `id: ${item.cursor}\nevent: change\ndata: ${JSON.stringify(item)}\n\n`)
    .join('')
    .concat(`: ${items.length === 0 ? 'nothing new' : 'so far'}\nid: ${next}\n\n`);

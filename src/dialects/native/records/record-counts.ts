/** `GET /v1/records`: how many there are of each type. */
import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import { isoTime } from '../../../model/time.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { refTo } from '../shapes/common.ts';
import { type RecordCounts, RecordCountsShape } from '../shapes/record-counts.ts';

const countRecords = describeOperation({
  id: 'countRecords',
  tag: 'Records',
  summary: 'Count the records of each type',
  description:
    'Of the types that the key may read, in the order of the schema. They are counted, up to ten million of each; what was counted serves for a while, the longer the more there was to count, and then until something is written.',
  access: 'signed_in',
  answers: { 200: { description: 'The types.', schema: refTo(RecordCountsShape) } },
});

export function recordCountsRoute(app: FastifyInstance, hub: Hub): void {
  app.get('/v1/records', { schema: countRecords }, async (request): Promise<RecordCounts> => {
    const { at, types } = await hub.recordCounts(signedIn(request));
    request.outcome = 'counted';
    const items = types.map(({ type, records, isMore }) => ({ type, records, at_least: isMore }));
    return { items, counted_at: isoTime(at) };
  });
}

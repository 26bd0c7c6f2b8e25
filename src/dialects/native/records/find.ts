/** `/v1/find`: records by a key of which nobody knows the type or the field. */
import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import { type Static, Type } from '../../json-schema.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { renderRecord } from '../render.ts';
import { refTo, strict } from '../shapes/common.ts';
import { type FoundRecords, FoundRecordsShape } from '../shapes/key.ts';

const FindQuery = Type.Object(
  {
    key: Type.String({
      minLength: 1,
      maxLength: 2048,
      description: 'The value of a match field of any type, a number, an id, or `field:value`.',
      examples: ['A-17'],
    }),
  },
  strict,
);

const findRecords = describeOperation({
  id: 'findRecords',
  tag: 'Records',
  summary: 'Find records by a key, in every type',
  description:
    'For people who have a key in hand and know neither the type nor the field. Those that have it and that the caller may read: one at most for each match field of each type, in the order of the schema. Former keys find their record, too. Keys are compared as anywhere: exactly, unless their field has a rule.',
  access: 'signed_in',
  query: FindQuery,
  answers: { 200: { description: 'What was found; perhaps nothing.', schema: refTo(FoundRecordsShape) } },
});

export function findRoute(app: FastifyInstance, hub: Hub): void {
  app.get<{ Querystring: Static<typeof FindQuery> }>(
    '/v1/find',
    { schema: findRecords },
    async (request): Promise<FoundRecords> => {
      const hits = await hub.findByAnyKey(signedIn(request), request.query.key);
      request.outcome = hits.length === 0 ? 'none' : 'found';
      return { items: hits.map(({ record, field, former }) => ({ record: renderRecord(record), field, former })) };
    },
  );
}

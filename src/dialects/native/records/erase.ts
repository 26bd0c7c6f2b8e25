/** `/v1/records/{type}/{ref}/erase`: nothing of a record is kept but that there was one. */
import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import { type Static, Type } from '../../json-schema.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { refIn } from '../parse.ts';
import { problem } from '../problem-answer.ts';
import { renderPointer } from '../render.ts';
import { queryOf, refTo } from '../shapes/common.ts';
import { type ErasureAnswer, ErasureAnswerShape } from '../shapes/erasure.ts';
import { refusal } from '../violations.ts';
import { type AtRecord, RecordPath } from './record-operations.ts';

const EraseQuery = queryOf({
  plan: Type.Boolean({ default: false, description: 'Only say how much would be erased.' }),
});

const eraseRecord = describeOperation({
  id: 'eraseRecord',
  tag: 'Records',
  summary: 'Erase a record from everywhere',
  description:
    'Takes away its values and keys, those of its history and of its links, and every kept text that names it; with those of the duplicates that were merged into it. A tombstone without anything stays, which no key finds: whoever sends its key again makes a new record. Works for a live record, whoever owns it, and for a deleted one. Repeated, it erases what has come up since.',
  access: 'admin',
  params: RecordPath,
  query: EraseQuery,
  answers: { 200: { description: 'Erased, or planned.', schema: refTo(ErasureAnswerShape) } },
  problems: [404, 409],
});

export function eraseRoute(app: FastifyInstance, hub: Hub): void {
  app.post<AtRecord & { Querystring: Static<typeof EraseQuery> }>(
    '/v1/records/:type/:ref/erase',
    { schema: eraseRecord },
    async (request): Promise<ErasureAnswer> => {
      const caller = signedIn(request);
      const record = { type: request.params.type, ref: refIn(request.params.ref, 'ref') };
      const outcome = await hub.erase(caller, record, request.query);
      if (outcome.kind === 'forbidden') throw new Error('An administrator is refused what is for administrators.');
      if (outcome.kind === 'rejected') throw refusal(outcome);
      if (outcome.kind === 'sets_held') {
        const message = `Complete sets are held as a whole, and may have the record among their elements: approve or cancel ${outcome.runs.join(', ')} first.`;
        throw problem('sets_held', null, message, { runs: outcome.runs });
      }
      request.outcome = outcome.kind;
      return { outcome: outcome.kind, record: renderPointer(outcome.record), counts: outcome.counts };
    },
  );
}

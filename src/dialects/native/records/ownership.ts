/** `/v1/ownership/transfer`: a field, a link or a type gets another owner. */
import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import { type Static, Type } from '../../json-schema.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { problem } from '../problem-answer.ts';
import { answerOf } from '../schema/schema.ts';
import { queryOf, refTo } from '../shapes/common.ts';
import { type TransferAnswer, TransferAnswerShape, TransferShape, type TransferWrite } from '../shapes/ownership.ts';
import { bodyRefusal } from '../violations.ts';

const TransferQuery = queryOf({
  plan: Type.Boolean({ default: false, description: 'Only say whom it would touch.' }),
});

const transferOwnership = describeOperation({
  id: 'transferOwnership',
  tag: 'Schema',
  summary: 'Give a field, a link or a record type to another owner',
  description:
    'A change of the schema like any other. Values stay as they are; the next complete set of an interface that gains writes them, and of one that loses has them left out with an issue.',
  access: 'power',
  query: TransferQuery,
  body: refTo(TransferShape),
  answers: { 200: { description: 'Transferred, or planned.', schema: refTo(TransferAnswerShape) } },
  problems: [404, 409, 422],
});

export function ownershipRoute(app: FastifyInstance, hub: Hub): void {
  app.post<{ Querystring: Static<typeof TransferQuery>; Body: TransferWrite }>(
    '/v1/ownership/transfer',
    { schema: transferOwnership },
    async (request): Promise<TransferAnswer> => {
      const { type, field, link, owner } = request.body;
      if (field !== undefined && link !== undefined)
        throw problem('member_invalid', 'link', 'Name a field or a link, not both.');
      const command = { type, owner, ...(field !== undefined && { field }), ...(link !== undefined && { link }) };
      const outcome = await hub.transferOwnership(signedIn(request), command, request.query);
      if (outcome.kind === 'forbidden')
        throw problem('role_required', null, 'This key may not change owners.', { allowed: ['admin', 'power'] });
      if (outcome.kind === 'rejected') throw bodyRefusal(outcome);
      const schema = answerOf(outcome.schema);
      request.outcome = outcome.schema.kind;
      const { gains, loses, ...transfer } = outcome.transfer;
      return { ...transfer, gains: [...gains], loses: [...loses], schema };
    },
  );
}

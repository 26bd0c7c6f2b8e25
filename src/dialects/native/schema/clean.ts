/** `/v1/retention/clean`: takes away now what is older than the workspace keeps it. */
import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import { type Static, Type } from '../../json-schema.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { problem } from '../problem-answer.ts';
import { queryOf, refTo } from '../shapes/common.ts';
import { type CleanAnswer, CleanAnswerShape } from '../shapes/retention.ts';

const CleanQuery = queryOf({
  plan: Type.Boolean({ default: false, description: 'Only say how much would go.' }),
});

const cleanOperation = describeOperation({
  id: 'clean',
  tag: 'Schema',
  summary: 'Take away what is too old',
  description:
    'Servers do so by themselves about once an hour. How long what is kept is `retention` in the schema document. Answered after ten seconds at most.',
  access: 'admin',
  query: CleanQuery,
  answers: { 200: { description: 'Cleaned, or planned.', schema: refTo(CleanAnswerShape) } },
  problems: [409],
});

export function cleanRoute(app: FastifyInstance, hub: Hub): void {
  app.post<{ Querystring: Static<typeof CleanQuery> }>(
    '/v1/retention/clean',
    { schema: cleanOperation },
    async (request): Promise<CleanAnswer> => {
      const caller = signedIn(request);
      const outcome = await hub.clean(caller, request.query);
      if (outcome.kind === 'at_work')
        throw problem('cleaning_at_work', null, 'A server is cleaning this workspace just now.');
      if (outcome.kind === 'forbidden') throw new Error('An administrator is refused what is for administrators.');
      request.outcome = outcome.kind;
      return { outcome: outcome.kind, more: outcome.kind === 'cleaned' && outcome.more, counts: outcome.counts };
    },
  );
}

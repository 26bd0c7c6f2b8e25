/** `/v1/dialects`: which APIs this server speaks. */
import type { FastifyInstance } from 'fastify';
import { refTo } from '../shapes/common.ts';
import { type DialectList, DialectListShape } from '../shapes/dialect.ts';
import { describeOperation } from './openapi.ts';

const listDialects = describeOperation({
  id: 'listDialects',
  tag: 'Service',
  summary: 'List the APIs that this server speaks',
  description: 'By their names a change says which it came through, and `cause` of the change feed chooses.',
  access: 'signed_in',
  answers: { 200: { description: 'All of them.', schema: refTo(DialectListShape) } },
});

export function dialectsRoute(app: FastifyInstance): void {
  app.get(
    '/v1/dialects',
    { schema: listDialects },
    async (): Promise<DialectList> => ({ items: app.dialects.map(({ name, title }) => ({ name, title })) }),
  );
}

/** `/v1/records/{type}/{ref}/keys`: by what a record is found. */
import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { refIn } from '../parse.ts';
import { refTo } from '../shapes/common.ts';
import { type RecordKeys, RecordKeysShape } from '../shapes/key.ts';
import { refusal } from '../violations.ts';
import { type AtRecord, RecordPath } from './record-operations.ts';

const readKeys = describeOperation({
  id: 'readRecordKeys',
  tag: 'Records',
  summary: 'List the keys of a record, former ones too',
  description: 'Each with its field is a reference to the record: `field:value`.',
  access: ['read'],
  params: RecordPath,
  answers: { 200: { description: 'Its keys.', schema: refTo(RecordKeysShape) } },
  problems: [404],
});

export function recordKeysRoute(app: FastifyInstance, hub: Hub): void {
  app.get<AtRecord>('/v1/records/:type/:ref/keys', { schema: readKeys }, async (request): Promise<RecordKeys> => {
    const { type, ref } = request.params;
    const outcome = await hub.keysOf(signedIn(request), { type, ref: refIn(ref, 'ref') });
    if (outcome.kind === 'rejected') throw refusal(outcome);
    request.outcome = outcome.kind;
    return { items: outcome.keys.map((key) => ({ ...key })) };
  });
}

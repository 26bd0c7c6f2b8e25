/** `/v1/records/{type}/{ref}/calls`: the same record in the words of each API that is served. */
import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import type { SampleCall } from '../../sample-call.ts';
import { signedIn } from '../access/credentials.ts';
import { refIn } from '../parse.ts';
import { type AtRecord, RecordPath } from '../records/record-operations.ts';
import { refTo } from '../shapes/common.ts';
import { type SampleCallsList, SampleCallsListShape, type ShownSampleCall } from '../shapes/dialect.ts';
import { refusal } from '../violations.ts';
import { describeOperation } from './openapi.ts';

const sampleCalls = describeOperation({
  id: 'sampleCalls',
  tag: 'Records',
  summary: 'Show how each API reads and writes a record',
  description:
    'For people who write a client: each dialect that knows single records shows a request that reads this one, and one that makes or changes it by its key.',
  access: ['read'],
  params: RecordPath,
  answers: { 200: { description: 'An item for each API.', schema: refTo(SampleCallsListShape) } },
  problems: [404],
});

export function sampleCallsRoute(app: FastifyInstance, hub: Hub): void {
  app.get<AtRecord>(
    '/v1/records/:type/:ref/calls',
    { schema: sampleCalls },
    async (request): Promise<SampleCallsList> => {
      const caller = signedIn(request);
      const outcome = await hub.find(caller, request.params.type, refIn(request.params.ref, 'ref'));
      if (outcome.kind === 'rejected') throw refusal(outcome);
      request.outcome = outcome.kind;
      const catalogue = await hub.catalogue(caller.principal.workspace);
      return {
        items: app.dialects.flatMap(({ name, title, samples }) => {
          if (samples === undefined) return [];
          const { read, write } = samples(catalogue, outcome.record);
          return [{ name, title, read: read && shownCall(read), write: write && shownCall(write) }];
        }),
      };
    },
  );
}

export const shownCall = (call: SampleCall): ShownSampleCall => ({
  ...call,
  headers: { ...call.headers },
  body: call.body ?? null,
});

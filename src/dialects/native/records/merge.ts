/** `/v1/records/{type}/{ref}/merge`: a duplicate goes into another record. */
import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import type { MergeOutcome, MergeStep } from '../../../model/merge.ts';
import { parseRef } from '../../../model/ref.ts';
import { shorten } from '../../../model/text.ts';
import { type Static, Type } from '../../json-schema.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { writingAs } from '../once/once.ts';
import { etagOf, ifMatch, refIn } from '../parse.ts';
import { problem } from '../problem-answer.ts';
import { renderPointer, renderRecord } from '../render.ts';
import { queryOf, refTo } from '../shapes/common.ts';
import { type MergeAnswer, MergeAnswerShape, type MergeWrite, MergeWriteShape } from '../shapes/merge.ts';
import { refusal } from '../violations.ts';
import { IfMatch, RecordPath } from './record-operations.ts';

const MergeQuery = queryOf({
  plan: Type.Boolean({ default: false, description: 'Only say what would be done.' }),
});

const mergeRecords = describeOperation({
  id: 'mergeRecords',
  tag: 'Records',
  summary: 'Merge a duplicate into a record',
  description:
    'Links, roles and keys follow to the record of the path: a key of the duplicate goes on finding it. The duplicate is deleted; its history, and that of the record, say so. Needs the grants `read`, `edit` and `delete`.',
  access: ['delete'],
  params: RecordPath,
  query: MergeQuery,
  headers: IfMatch,
  body: refTo(MergeWriteShape),
  answers: { 200: { description: 'Merged, or planned.', schema: refTo(MergeAnswerShape), etag: true } },
  problems: [404, 409, 412, 422],
});

type Merge = { Params: Static<typeof RecordPath>; Querystring: Static<typeof MergeQuery>; Body: MergeWrite };

export function mergeRoute(app: FastifyInstance, hub: Hub): void {
  app.post<Merge>(
    '/v1/records/:type/:ref/merge',
    { schema: mergeRecords },
    async (request, reply): Promise<MergeAnswer> => {
      const { type, ref } = request.params;
      const { from, fields = 'survivor' } = request.body;
      const duplicate = parseRef(from);
      if (duplicate === undefined)
        throw problem('ref_malformed', 'from', `"${shorten(from)}" is neither an id nor a number nor field:value.`);
      const command = { type, ref: refIn(ref, 'ref'), from: duplicate, fields, ...ifMatch(request) };
      const outcome = await hub.merge(writingAs(request), command, request.query);
      if (outcome.kind === 'rejected') throw refusal(outcome, { ofMerge: true });
      request.outcome = outcome.kind;
      if (outcome.kind === 'merged') reply.header('etag', etagOf(outcome.record.version));
      return renderMerge(outcome);
    },
  );
}

function renderMerge({ kind, record, duplicate, steps }: Exclude<MergeOutcome, { kind: 'rejected' }>): MergeAnswer {
  const counts = { set: 0, leave: 0, alias: 0, move: 0, join: 0, drop: 0 };
  for (const { action } of steps) counts[action] += 1;
  const answer = { outcome: kind, record: renderRecord(record), duplicate: renderPointer(duplicate), counts };
  return { ...answer, items: steps.map((step) => ({ ...nothing, ...renderStep(step) })) };
}

const nothing = { field: null, before: null, after: null, link: null, other: null, role: null, reason: null };

/** A pointer stands in no step: lookups are links. */
function renderStep(step: MergeStep) {
  switch (step.action) {
    case 'set':
      return { action: step.action, field: step.field, before: plain(step.before), after: plain(step.after) };
    case 'leave':
      return { action: step.action, field: step.field, before: plain(step.value), reason: 'owner' };
    case 'alias':
      return { action: step.action, field: step.field, before: step.value };
    default:
      return { ...step, other: renderPointer(step.other) };
  }
}

const plain = (value: unknown): MergeAnswer['items'][number]['before'] =>
  value as MergeAnswer['items'][number]['before'];

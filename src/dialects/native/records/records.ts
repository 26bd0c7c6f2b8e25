/** `/v1/records`: read, create, upsert, delete, and the history of one record. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import type { UpsertCommand } from '../../../model/commands.ts';
import type { UpsertOutcome } from '../../../model/outcomes.ts';
import type { Static } from '../../json-schema.ts';
import { signedIn } from '../access/credentials.ts';
import { forceOf } from '../force.ts';
import { etagOf, fieldsToWrite, ifMatch, refIn } from '../parse.ts';
import { bodyMayBeThePlans, type PlanAsked, writeOrPlan } from '../plans/plans.ts';
import { renderChange, renderPointer, renderRecord } from '../render.ts';
import type { PageQuery } from '../shapes/common.ts';
import type { ShownPlan } from '../shapes/plan.ts';
import type { ChangeList, DeleteAnswer, ShownRecord, WriteAnswer } from '../shapes/record.ts';
import { renderStale, stampOf } from '../stamps.ts';
import { listRefusal, refusal } from '../violations.ts';
import { aliasNote } from './alias-note.ts';
import {
  type AtRecord,
  type AtType,
  createRecord,
  type DeleteQuery,
  deleteRecord,
  type ModeQuery,
  type RecordBody,
  readHistory,
  readRecord,
  upsertRecord,
  type WriteQuery,
} from './record-operations.ts';

const bodyOfPlan = bodyMayBeThePlans({ fields: {} });

export function recordRoutes(app: FastifyInstance, hub: Hub): void {
  const upsertOrPlan = (request: FastifyRequest<{ Querystring: PlanAsked }>, command: UpsertCommand) =>
    writeOrPlan(hub, request, { kind: 'upsert', ...command }, request.query, (caller) => hub.upsert(caller, command));

  app.post<AtType & RecordBody & { Querystring: Static<typeof WriteQuery> }>(
    '/v1/records/:type',
    { schema: createRecord, preValidation: bodyOfPlan },
    async (request, reply) => {
      const { type } = request.params;
      const catalogue = await hub.catalogue(signedIn(request).principal.workspace);
      const fields = fieldsToWrite(catalogue, type, request.body.fields);
      const command = {
        type,
        ref: null,
        mode: 'create',
        fields,
        ...stampOf(request.body, 'body'),
        ...forceOf(request.query),
      } as const;
      const done = await upsertOrPlan(request, command);
      return 'plan' in done ? done.plan : answerWrite(done.outcome, request, reply);
    },
  );

  app.get<AtRecord>('/v1/records/:type/:ref', { schema: readRecord }, async (request, reply): Promise<ShownRecord> => {
    const { type } = request.params;
    const ref = refIn(request.params.ref, 'ref');
    const caller = signedIn(request);
    const outcome = await hub.find(caller, type, ref);
    if (outcome.kind === 'rejected') throw refusal(outcome);
    request.outcome = outcome.kind;
    reply.header('etag', etagOf(outcome.record.version));
    const catalogue = await hub.catalogue(caller.principal.workspace);
    return { ...renderRecord(outcome.record), ...aliasNote(catalogue, ref, outcome.record) };
  });

  app.patch<AtRecord & RecordBody & { Querystring: Static<typeof ModeQuery> }>(
    '/v1/records/:type/:ref',
    { schema: upsertRecord, preValidation: bodyOfPlan },
    async (request, reply) => {
      const { type } = request.params;
      const { mode } = request.query;
      const ref = refIn(request.params.ref, 'ref');
      const precondition = ifMatch(request);
      const catalogue = await hub.catalogue(signedIn(request).principal.workspace);
      const fields = fieldsToWrite(catalogue, type, request.body.fields);
      const stamp = stampOf(request.body, 'body');
      const command = {
        type,
        ref,
        mode,
        fields,
        keepAliases: true,
        ...precondition,
        ...stamp,
        ...forceOf(request.query),
      };
      const done = await upsertOrPlan(request, command);
      if ('plan' in done) return done.plan;
      const { outcome } = done;
      const note =
        outcome.kind === 'rejected' || isGone(outcome) ? {} : aliasNote(catalogue, ref, outcome.record, fields);
      return { ...answerWrite(outcome, request, reply), ...note };
    },
  );

  app.delete<AtRecord & { Querystring: Static<typeof DeleteQuery> }>(
    '/v1/records/:type/:ref',
    { schema: deleteRecord },
    async (request): Promise<DeleteAnswer | ShownPlan> => {
      const { type } = request.params;
      const ref = refIn(request.params.ref, 'ref');
      const command = { type, ref, ...ifMatch(request), ...stampOf(request.query, 'query') };
      const done = await writeOrPlan(hub, request, { kind: 'delete', ...command }, request.query, (caller) =>
        hub.delete(caller, command),
      );
      if ('plan' in done) return done.plan;
      const { outcome } = done;
      if (outcome.kind === 'rejected') throw refusal(outcome, { stampIn: 'query' });
      request.outcome = outcome.kind;
      const record = renderPointer(outcome.record);
      if (outcome.kind !== 'stale') return { outcome: outcome.kind, record };
      const { sent, stored, cleared } = outcome;
      return { outcome: 'stale', record, stale: renderStale([{ field: null, sent, stored }]), cleared: [...cleared] };
    },
  );

  app.get<AtRecord & { Querystring: Static<typeof PageQuery> }>(
    '/v1/records/:type/:ref/history',
    { schema: readHistory },
    async (request): Promise<ChangeList> => {
      const { type } = request.params;
      const ref = refIn(request.params.ref, 'ref');
      const caller = signedIn(request);
      const outcome = await hub.history(caller, { type, ref, ...request.query });
      if (outcome.kind !== 'page') throw listRefusal(outcome);
      request.outcome = outcome.kind;
      const catalogue = await hub.catalogue(caller.principal.workspace);
      const items = outcome.items.map((change) => renderChange(catalogue, change));
      return { items, next: outcome.next, not_kept: outcome.notKept };
    },
  );
}

function answerWrite(outcome: UpsertOutcome, request: FastifyRequest, reply: FastifyReply): WriteAnswer {
  if (outcome.kind === 'rejected') throw refusal(outcome);
  request.outcome = outcome.kind;
  const stale = outcome.stale === undefined ? {} : { stale: renderStale(outcome.stale) };
  if (isGone(outcome)) return { outcome: outcome.kind, record: null, ...stale };
  const record = renderRecord(outcome.record);
  reply.header('etag', etagOf(record.version));
  if (outcome.kind === 'created') {
    reply.code(201).header('location', `${request.publicBase}/v1/records/${record.type}/${record.id}`);
  }
  return outcome.kind === 'updated'
    ? { outcome: outcome.kind, record, changed: [...outcome.changed], ...stale }
    : { outcome: outcome.kind, record, ...stale };
}

/** The record was deleted later than the write is as of. */
const isGone = (outcome: UpsertOutcome): boolean => outcome.kind === 'stale' && outcome.deleted;

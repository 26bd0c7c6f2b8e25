/** `/v1/records/{type}/{ref}/links`: link, unlink, list the links of a record. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import { clock } from '../../../model/clock.ts';
import type { StaleLink } from '../../../model/outcomes.ts';
import { type Static, Type } from '../../json-schema.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { deferredByForce, forceOf, forceParameter } from '../force.ts';
import { refIn, requireObject, roleOf } from '../parse.ts';
import { bodyMayBeThePlans, writeOrPlan } from '../plans/plans.ts';
import { problem } from '../problem-answer.ts';
import { RecordPath, WriteQuery } from '../records/record-operations.ts';
import { renderLink } from '../render.ts';
import { PageQuery, queryOf, refParameter, refTo, typeParameter } from '../shapes/common.ts';
import {
  type LinkAnswer,
  LinkAnswerShape,
  type LinkList,
  LinkListShape,
  type LinkWrite,
  LinkWriteShape,
  type UnlinkAnswer,
  UnlinkAnswerShape,
} from '../shapes/link.ts';
import { type DeferredAnswer, DeferredAnswerShape, deferMembers } from '../shapes/pending-link.ts';
import { orPlan, planParameters, type ShownPlan } from '../shapes/plan.ts';
import { stampMembers } from '../shapes/stamp.ts';
import { renderStale, stampOf } from '../stamps.ts';
import { listRefusal, refusal } from '../violations.ts';
import { deferOf, renderDeferred, renderPendingLink } from './pending-links.ts';

const linkParameter = Type.String({
  description: 'The name that the record type has for the link: the link type’s, or its inverse.',
  examples: ['contacts'],
});
const LinksPath = Type.Object({ type: typeParameter, ref: refParameter, link: linkParameter });
const PairPath = Type.Object({ type: typeParameter, ref: refParameter, link: linkParameter, target: refParameter });
const UnlinkQuery = queryOf({
  ...deferMembers,
  ...stampMembers,
  ...planParameters,
  ...forceParameter,
  role: Type.Optional(
    Type.String({
      description: 'Only the link with this role (empty: the one without). All links of the two unless said.',
    }),
  ),
});

const linkRecords = describeOperation({
  id: 'linkRecords',
  tag: 'Links',
  summary: 'Link two records, or change their link',
  description:
    'Repeating it changes nothing. With `onMissing: defer` it waits for records that are not there, and is linked in the transaction that makes them. Where a side takes one link only, the link that was there is replaced, and the answer names it.',
  access: ['attach'],
  params: PairPath,
  query: WriteQuery,
  body: refTo(LinkWriteShape),
  answers: {
    200: { description: 'Changed, unchanged or planned.', schema: orPlan(LinkAnswerShape) },
    201: { description: 'Linked.', schema: refTo(LinkAnswerShape) },
    202: { description: 'It waits for its records.', schema: refTo(DeferredAnswerShape) },
  },
  problems: [404, 409, 422],
});

const unlinkRecords = describeOperation({
  id: 'unlinkRecords',
  tag: 'Links',
  summary: 'Remove the links of two records',
  description:
    'Takes back links that wait for their records, too. A removal that says how old it is waits with `onMissing=defer`, so that a link that is older is not made later.',
  access: ['attach'],
  params: PairPath,
  query: UnlinkQuery,
  answers: {
    200: { description: 'They are not linked so any more, or planned.', schema: orPlan(UnlinkAnswerShape) },
    202: { description: 'The removal waits for its records.', schema: refTo(DeferredAnswerShape) },
  },
  problems: [404, 409, 422],
});

const listAllLinks = describeOperation({
  id: 'listLinks',
  tag: 'Links',
  summary: 'List the links of a record',
  access: ['read'],
  params: RecordPath,
  query: PageQuery,
  answers: { 200: { description: 'A page of links.', schema: refTo(LinkListShape) } },
  problems: [404],
});

const listSomeLinks = describeOperation({
  id: 'listLinksOfType',
  tag: 'Links',
  summary: 'List the links of a record of one link type',
  access: ['read'],
  params: LinksPath,
  query: PageQuery,
  answers: { 200: { description: 'A page of links.', schema: refTo(LinkListShape) } },
  problems: [404],
});

const bodyOfPlan = bodyMayBeThePlans({});

function bodyMayBeLeftOut(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  bodyOfPlan(request, reply, () => {
    request.body ??= {};
    done();
  });
}

type AtPair = { Params: Static<typeof PairPath> };
type Paged = { Querystring: Static<typeof PageQuery> };

const staleLink = ({ sent, stored }: StaleLink) => ({
  outcome: 'stale' as const,
  link: null,
  replaced: [],
  stale: renderStale([{ field: null, sent, stored }]),
});

export function linkRoutes(app: FastifyInstance, hub: Hub): void {
  app.put<AtPair & { Body: LinkWrite; Querystring: Static<typeof WriteQuery> }>(
    '/v1/records/:type/:ref/links/:link/:target',
    { schema: linkRecords, preValidation: bodyMayBeLeftOut },
    async (request, reply): Promise<LinkAnswer | DeferredAnswer | ShownPlan> => {
      const { type, ref, link, target } = request.params;
      const { attributes, role, newRole } = request.body;
      const stamp = stampOf(request.body, 'body');
      if (attributes !== undefined) requireObject(attributes, 'attributes');
      const deferred = deferOf(request.body, 'body', clock.nowMs());
      if (deferred.defer && request.query.force) throw problem('member_invalid', 'onMissing', deferredByForce);
      const command = {
        from: { type, ref: refIn(ref, 'ref') },
        link,
        to: { ref: refIn(target, 'target') },
        ...(role !== undefined && { role: roleOf(role) }),
        ...(newRole !== undefined && { newRole: roleOf(newRole) }),
        ...(attributes !== undefined && { attributes }),
        ...stamp,
        ...deferred,
        ...forceOf(request.query),
      };
      const done = await writeOrPlan(
        hub,
        request,
        { kind: 'link', ...command },
        request.query,
        (caller) => hub.linkOrDefer(caller, command),
        { ofLink: true, newRole },
      );
      if ('plan' in done) return done.plan;
      const { outcome } = done;
      if (outcome.kind === 'rejected') throw refusal(outcome, { ofLink: true, newRole });
      request.outcome = outcome.kind;
      if (outcome.kind === 'stale') return staleLink(outcome);
      if ('pending' in outcome) {
        reply.code(202);
        return renderDeferred(outcome);
      }
      reply.code(outcome.kind === 'created' ? 201 : 200);
      return { outcome: outcome.kind, link: renderLink(outcome.link), replaced: outcome.replaced.map(renderLink) };
    },
  );

  app.delete<AtPair & { Querystring: Static<typeof UnlinkQuery> }>(
    '/v1/records/:type/:ref/links/:link/:target',
    { schema: unlinkRecords },
    async (request, reply): Promise<UnlinkAnswer | DeferredAnswer | ShownPlan> => {
      const { type, ref, link, target } = request.params;
      const { role } = request.query;
      const stamp = stampOf(request.query, 'query');
      const deferred = deferOf(request.query, 'query', clock.nowMs());
      if (deferred.defer && !('stamp' in stamp))
        throw problem('parameter_invalid', 'query.onMissing', 'Only a removal with as_of or source_version waits.');
      if (deferred.defer && request.query.force) throw problem('parameter_invalid', 'query.onMissing', deferredByForce);
      const command = {
        from: { type, ref: refIn(ref, 'ref') },
        link,
        to: { ref: refIn(target, 'target') },
        which: 'all' as const,
        ...stamp,
        ...deferred,
        ...forceOf(request.query),
        ...(role !== undefined && { role: roleOf(role === '' ? null : role) }),
      };
      const done = await writeOrPlan(
        hub,
        request,
        { kind: 'unlink', ...command, withdraw: true },
        request.query,
        (caller) => hub.unlinkOrWithdraw(caller, command),
        { ofLink: true },
      );
      if ('plan' in done) return done.plan;
      const { outcome } = done;
      if (outcome.kind === 'rejected') throw refusal(outcome, { ofLink: true });
      request.outcome = outcome.kind;
      if (outcome.kind === 'stale') return { outcome: 'stale', removed: [], stale: staleLink(outcome).stale };
      if (outcome.kind === 'withdrawn')
        return { outcome: 'unlinked', removed: [], withdrawn: outcome.pending.map(renderPendingLink) };
      if ('pending' in outcome) {
        reply.code(202);
        return renderDeferred(outcome);
      }
      const said = outcome.removed.length > 0 ? 'unlinked' : 'unchanged';
      request.outcome = said;
      return { outcome: said, removed: outcome.removed.map(renderLink) };
    },
  );

  app.get<{ Params: Static<typeof RecordPath> } & Paged>(
    '/v1/records/:type/:ref/links',
    { schema: listAllLinks },
    async (request): Promise<LinkList> => {
      const { type, ref } = request.params;
      const outcome = await hub.links(signedIn(request), { type, ref: refIn(ref, 'ref'), ...request.query });
      if (outcome.kind !== 'page') throw listRefusal(outcome);
      request.outcome = outcome.kind;
      return { items: outcome.items.map(renderLink), next: outcome.next };
    },
  );

  app.get<{ Params: Static<typeof LinksPath> } & Paged>(
    '/v1/records/:type/:ref/links/:link',
    { schema: listSomeLinks },
    async (request): Promise<LinkList> => {
      const { type, ref, link } = request.params;
      const outcome = await hub.links(signedIn(request), { type, ref: refIn(ref, 'ref'), link, ...request.query });
      if (outcome.kind !== 'page') throw listRefusal(outcome);
      request.outcome = outcome.kind;
      return { items: outcome.items.map(renderLink), next: outcome.next };
    },
  );
}

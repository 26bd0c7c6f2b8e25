/** `/v1/links/pending`: links that wait for their records. */
import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import {
  type Defer,
  type DeferOutcome,
  type PendingLinkView,
  type PendingState,
  pendingStates,
} from '../../../model/pending.ts';
import { formatRef, parseRef, type Ref } from '../../../model/ref.ts';
import { shownStamp } from '../../../model/stamp.ts';
import { isoTime } from '../../../model/time.ts';
import { type Static, Type } from '../../json-schema.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { ProblemError, problem, type Violations } from '../problem-answer.ts';
import { PageQuery, queryOf, refTo } from '../shapes/common.ts';
import {
  type DeferMembers,
  type DeferredAnswer,
  type ForgottenAnswer,
  ForgottenAnswerShape,
  type PendingLinkList,
  PendingLinkListShape,
  type ShownPendingLink,
} from '../shapes/pending-link.ts';
import { listRefusal, refusal } from '../violations.ts';

const PendingQuery = queryOf({
  ...PageQuery.properties,
  link: Type.Optional(Type.String({ description: 'Key of a link type.', examples: ['claim.contacts'] })),
  waits_for: Type.Optional(
    Type.String({ description: 'Only those one of whose sides is named so.', examples: ['external_id:CRM-1'] }),
  ),
  state: Type.Optional(Type.Unsafe<PendingState>({ enum: [...pendingStates] })),
});
const PendingPath = Type.Object({ pending: Type.Integer({ minimum: 1, description: 'Number of a pending link.' }) });

const listPendingLinks = describeOperation({
  id: 'listPendingLinks',
  tag: 'Links',
  summary: 'List the links that wait for their records',
  description:
    'In the order in which they were first asked for; of link types both of whose records the caller may read.',
  access: 'signed_in',
  query: PendingQuery,
  answers: { 200: { description: 'A page of links that wait.', schema: refTo(PendingLinkListShape) } },
  problems: [404],
});

const removePendingLink = describeOperation({
  id: 'removePendingLink',
  tag: 'Links',
  summary: 'Take back a link that waits',
  access: 'signed_in',
  params: PendingPath,
  answers: { 200: { description: 'It does not wait any more.', schema: refTo(ForgottenAnswerShape) } },
  problems: [403, 404],
});

export function pendingLinkRoutes(app: FastifyInstance, hub: Hub): void {
  app.get<{ Querystring: Static<typeof PendingQuery> }>(
    '/v1/links/pending',
    { schema: listPendingLinks },
    async (request): Promise<PendingLinkList> => {
      const { waits_for: waitsFor, ...query } = request.query;
      const key = waitsFor === undefined ? {} : { waitsFor: keyOf(waitsFor) };
      const outcome = await hub.pendingLinks(signedIn(request), { ...query, ...key });
      if (outcome.kind === 'rejected') throw inQuery(refusal(outcome));
      if (outcome.kind !== 'page') throw listRefusal(outcome);
      request.outcome = outcome.kind;
      return { items: outcome.items.map(renderPendingLink), next: outcome.next };
    },
  );

  app.delete<{ Params: Static<typeof PendingPath> }>(
    '/v1/links/pending/:pending',
    { schema: removePendingLink },
    async (request): Promise<ForgottenAnswer> => {
      const { pending } = request.params;
      const outcome = await hub.forgetPendingLink(signedIn(request), pending);
      if (outcome.kind === 'rejected') throw refusal(outcome, { ofLink: true });
      if (outcome.kind === 'unknown_pending_link')
        throw problem('unknown_pending_link', 'path.pending', `No link waits under the number ${pending}.`);
      request.outcome = outcome.kind;
      return { outcome: 'removed' };
    },
  );
}

function keyOf(text: string): Ref {
  const ref = parseRef(text);
  if (ref?.by === 'key') return ref;
  throw problem(
    'parameter_invalid',
    'query.waits_for',
    'waits_for is a key, as field:value: only keys are waited for.',
  );
}

const inQuery = ({ violations }: ProblemError): ProblemError =>
  new ProblemError(violations.map((violation) => ({ ...violation, path: 'query.link' })) as unknown as Violations);

export const renderPendingLink = (pending: PendingLinkView): ShownPendingLink => ({
  number: pending.number,
  link: pending.link,
  left: { ...pending.left, ref: formatRef(pending.left.ref) },
  right: { ...pending.right, ref: formatRef(pending.right.ref) },
  role: pending.role?.name ?? null,
  role_number: pending.role?.number ?? null,
  attributes: { ...pending.attributes },
  removes: pending.removes,
  stamp: pending.stamp && shownStamp(pending.stamp),
  state: pending.state,
  reasons: pending.reasons.map(({ code, message }) => ({ code, message })),
  principal: { id: pending.principal.id, name: pending.principal.name },
  via: pending.via,
  request_id: pending.request,
  asked_at: isoTime(pending.askedAt),
  expires_at: isoTime(pending.expiresAt),
});

export const renderDeferred = ({ kind, pending }: DeferOutcome): DeferredAnswer => ({
  outcome: kind === 'waits' ? 'unchanged' : kind,
  link: renderPendingLink(pending),
});

/** How long a link or a removal may wait; nothing: not at all. */
export function deferOf(
  { onMissing, expires_at: at, expires_in: seconds }: Static<typeof DeferMembers>,
  where: 'body' | 'query',
  now: number,
): { readonly defer?: Defer } {
  const unfit = (name: string, message: string): ProblemError =>
    where === 'query'
      ? problem('parameter_invalid', `query.${name}`, message)
      : problem('member_invalid', name, message);
  if (onMissing !== 'defer') {
    const given = at !== undefined ? 'expires_at' : seconds !== undefined ? 'expires_in' : undefined;
    if (given === undefined) return {};
    throw unfit(given, `${given} goes with onMissing "defer".`);
  }
  if (at !== undefined && seconds !== undefined) throw unfit('expires_in', 'Send expires_at or expires_in, not both.');
  if (seconds !== undefined) return { defer: { expiresAt: new Date(now + seconds * 1000) } };
  if (at === undefined) return { defer: { expiresAt: null } };
  const ends = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(at)
    ? Date.parse(at)
    : Number.NaN;
  if (ends > now) return { defer: { expiresAt: new Date(ends) } };
  throw unfit('expires_at', 'expires_at is a time to come, such as 2030-01-31T12:00:00Z.');
}

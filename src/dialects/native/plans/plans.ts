/** `?plan=true` and `?plan_id=` of every write, and `/v1/plans`: what plans say. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import type { WriteCommand } from '../../../engine/write/commands.ts';
import type { WriteOutcome } from '../../../engine/write/run-batch.ts';
import { clock } from '../../../model/clock.ts';
import type { PlanItem, PlanRefused, PlanView } from '../../../model/plan.ts';
import type { Caller } from '../../../model/principal.ts';
import { shorten } from '../../../model/text.ts';
import { isoTime } from '../../../model/time.ts';
import { type Static, Type } from '../../json-schema.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { writingAs } from '../once/once.ts';
import { type ProblemError, problem } from '../problem-answer.ts';
import { renderRun } from '../render.ts';
import { PageQuery, refTo } from '../shapes/common.ts';
import { type PlanItemList, PlanItemListShape, PlanShape, type ShownPlan } from '../shapes/plan.ts';
import { listRefusal, type RefusalContext, refusal } from '../violations.ts';

const PlanPath = Type.Object({ plan: Type.String({ description: 'Id of a plan.' }) });

const readPlan = describeOperation({
  id: 'readPlan',
  tag: 'Plans',
  summary: 'Read a plan',
  description: 'Members see the plans that they made, others all of the workspace.',
  access: 'signed_in',
  params: PlanPath,
  answers: { 200: { description: 'The plan, with its first 1,000 items.', schema: refTo(PlanShape) } },
  problems: [404],
});

const listPlanItems = describeOperation({
  id: 'listPlanItems',
  tag: 'Plans',
  summary: 'List what a plan would do',
  description: 'As far as it is kept: the first 10,000 items of each action, or 8 MiB of them.',
  access: 'signed_in',
  params: PlanPath,
  query: PageQuery,
  answers: { 200: { description: 'A page of items.', schema: refTo(PlanItemListShape) } },
  problems: [404],
});

const RunPath = Type.Object({
  endpoint: Type.String({ examples: ['myendpoint'] }),
  run: Type.String({ description: 'Number or id of a run.' }),
});

const readPlanOfRun = describeOperation({
  id: 'readPlanOfRun',
  tag: 'Plans',
  summary: 'Read the plan of a planned run',
  access: 'signed_in',
  params: RunPath,
  answers: { 200: { description: 'The plan, with its first 1,000 items.', schema: refTo(PlanShape) } },
  problems: [404],
});

type AtPlan = { Params: Static<typeof PlanPath> };
/** Requests that apply a plan and come without a body: it is the one that was planned. */
const withoutBody = new WeakSet<FastifyRequest>();

/** Before validation. A body that is left out, or is `{}`, is `empty` then; without a plan it stays for the validation to judge. */
export const bodyMayBeThePlans =
  (empty: object) =>
  (request: FastifyRequest, _reply: FastifyReply, done: () => void): void => {
    const { plan_id: plan } = request.query as { readonly plan_id?: unknown };
    if (plan !== undefined && Object.keys(request.body ?? {}).length === 0) {
      withoutBody.add(request);
      request.body = { ...empty };
    }
    done();
  };

export type PlanAsked = { readonly plan: boolean; readonly plan_id?: string };

export function planRoutes(app: FastifyInstance, hub: Hub): void {
  app.get<AtPlan>('/v1/plans/:plan', { schema: readPlan }, async (request): Promise<ShownPlan> => {
    const found = await hub.plans.find(signedIn(request), request.params.plan);
    if (found === undefined) throw unknownPlan(request.params.plan, 'path.plan');
    return renderPlan(request, found);
  });

  app.get<{ Params: Static<typeof RunPath> }>(
    '/v1/interfaces/:endpoint/runs/:run/plan',
    { schema: readPlanOfRun },
    async (request): Promise<ShownPlan> => {
      const { endpoint, run } = request.params;
      const found = await hub.plans.ofRun(signedIn(request), endpoint, run);
      if (found === undefined)
        throw problem('unknown_plan', 'path.run', `There is no plan of a run "${shorten(run, 80)}" here.`, { run });
      return renderPlan(request, found);
    },
  );

  app.get<AtPlan & { Querystring: Static<typeof PageQuery> }>(
    '/v1/plans/:plan/items',
    { schema: listPlanItems },
    async (request): Promise<PlanItemList> => {
      const outcome = await hub.plans.items(signedIn(request), request.params.plan, request.query);
      if (outcome.kind === 'unknown_plan') throw unknownPlan(outcome.plan, 'path.plan');
      if (outcome.kind !== 'page') throw listRefusal(outcome);
      return { items: outcome.items.map(renderItem), next: outcome.next };
    },
  );
}

type PlanMode =
  | { readonly kind: 'now' }
  | { readonly kind: 'plan' }
  | { readonly kind: 'planned'; readonly plan: string };

/** How a call is to be done: at once, as a plan only, or just as a plan says. */
export function planMode({ plan, plan_id: id }: PlanAsked): PlanMode {
  if (id === undefined) return { kind: plan ? 'plan' : 'now' };
  if (!plan) return { kind: 'planned', plan: id };
  throw problem('parameter_invalid', 'query.plan_id', 'plan makes a plan, and plan_id applies one: send one of them.');
}

/** What becomes of a single write: a plan of it, or its outcome, at once or as a plan says. */
export async function writeOrPlan<Outcome extends WriteOutcome>(
  hub: Hub,
  request: FastifyRequest,
  command: WriteCommand,
  asked: PlanAsked,
  now: (caller: Caller) => Promise<Outcome>,
  context: RefusalContext = {},
): Promise<{ readonly plan: ShownPlan } | { readonly outcome: Outcome }> {
  const caller = writingAs(request);
  const mode = planMode(asked);
  if (mode.kind === 'now') return { outcome: await now(caller) };
  if (mode.kind === 'plan') return { plan: await planOf(hub, request, caller, command, context) };
  const outcome = await hub.plans.applyWrite(caller, command, mode.plan, withoutBody.has(request) ? 'planned' : 'sent');
  if (outcome.kind === 'unknown_plan' || outcome.kind === 'plan_stale') throw planRefusal(outcome);
  return { outcome: outcome as Outcome }; // each command has the outcome of its own kind
}

async function planOf(
  hub: Hub,
  request: FastifyRequest,
  caller: Caller,
  command: WriteCommand,
  context: RefusalContext,
): Promise<ShownPlan> {
  const outcome = await hub.plans.write(caller, command);
  if (outcome.kind === 'rejected') throw refusal(outcome, context);
  request.outcome = outcome.kind;
  return renderPlan(request, outcome.plan);
}

export function planRefusal(refused: PlanRefused): ProblemError {
  if (refused.kind === 'unknown_plan') {
    const message = `You have made no plan "${shorten(refused.plan, 80)}".`;
    return problem('unknown_plan', 'query.plan_id', message, { plan: refused.plan });
  }
  const { reason, message, changes } = refused;
  return problem('plan_stale', 'query.plan_id', message, { reason, changes });
}

const unknownPlan = (plan: string, path: string): ProblemError =>
  problem('unknown_plan', path, `There is no plan "${shorten(plan, 80)}".`, { plan });

export function renderPlan(request: FastifyRequest, plan: PlanView): ShownPlan {
  const isExpired = plan.expiresAt < clock.now();
  return {
    plan_id: plan.id,
    kind: plan.kind,
    state: plan.appliedAt !== null ? 'applied' : isExpired ? 'expired' : 'open',
    counts: { ...plan.counts },
    actions: { ...plan.actions },
    items: plan.items.map(renderItem),
    items_total: plan.itemsTotal,
    items_kept: plan.itemsKept,
    items_url: `${request.publicBase}/v1/plans/${plan.id}/items`,
    run: plan.run && renderRun(request.publicBase, plan.run),
    created_at: isoTime(plan.createdAt),
    expires_at: isoTime(plan.expiresAt),
    applied_at: plan.appliedAt && isoTime(plan.appliedAt),
  };
}

/** The engine has it in the words of the API already. */
const renderItem = (item: PlanItem): ShownPlan['items'][number] => item as ShownPlan['items'][number];

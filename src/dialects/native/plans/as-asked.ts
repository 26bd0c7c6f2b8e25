/** Reverts and replays: done at once, as a plan only, or just as a plan says. */
import type { FastifyRequest } from 'fastify';
import type { PlanRefused, PlanView } from '../../../model/plan.ts';
import type { IssueView } from '../../../model/runs.ts';
import { renderIssue } from '../render.ts';
import { type PlanAsked, planMode, planRefusal, renderPlan } from './plans.ts';

type Ways<Outcome, Planned> = {
  readonly now: () => Promise<Outcome>;
  readonly plan: () => Promise<Outcome | Planned>;
  readonly planned: (plan: string) => Promise<Outcome | PlanRefused>;
};

export async function asAsked<Outcome extends Kind, Planned extends Kind>(
  asked: PlanAsked,
  { now, plan, planned }: Ways<Outcome, Planned>,
): Promise<Outcome | Planned> {
  const mode = planMode(asked);
  if (mode.kind === 'now') return now();
  if (mode.kind === 'plan') return plan();
  const outcome = await planned(mode.plan);
  if (isPlanRefused(outcome)) throw planRefusal(outcome);
  return outcome;
}

type Kind = { readonly kind: string };
const isPlanRefused = (outcome: Kind): outcome is PlanRefused =>
  outcome.kind === 'unknown_plan' || outcome.kind === 'plan_stale';

/** What an answer has of a plan, beside its own counts. */
export function planIn(request: FastifyRequest, view: PlanView) {
  const { counts: _counts, run: _run, ...plan } = renderPlan(request, view);
  return plan;
}

/** What both a revert and its plan say. */
export const countsAndLeft = <Counts extends object>({
  counts,
  left,
}: {
  readonly counts: Counts;
  readonly left: readonly IssueView[];
}) => ({ counts: { ...counts }, left: left.map(renderIssue) });

/** Taking back what a run or an import did: at once, as a plan only, or just as a plan says. */
import type { FastifyRequest } from 'fastify';
import type { PlanRefused, RevertPlanned } from '../../model/plan.ts';
import { type PlanAsked, planMode, planRefusal, renderPlan } from './plans.ts';
import { renderIssue } from './render.ts';

type Reverts<Outcome> = {
  readonly now: () => Promise<Outcome>;
  readonly plan: () => Promise<Exclude<Outcome, { kind: 'reverted' }> | RevertPlanned>;
  readonly planned: (plan: string) => Promise<Outcome | PlanRefused>;
};

export async function revertAsAsked<Outcome extends { readonly kind: string }>(
  asked: PlanAsked,
  { now, plan, planned }: Reverts<Outcome>,
): Promise<Exclude<Outcome, PlanRefused> | RevertPlanned> {
  const mode = planMode(asked);
  const outcome = mode.kind === 'plan' ? await plan() : mode.kind === 'planned' ? await planned(mode.plan) : await now();
  if (isPlanRefused(outcome)) throw planRefusal(outcome);
  return outcome as Exclude<Outcome, PlanRefused> | RevertPlanned;
}

const isPlanRefused = (outcome: { readonly kind: string }): outcome is PlanRefused =>
  outcome.kind === 'unknown_plan' || outcome.kind === 'plan_stale';

/** What both a revert and its plan say. */
export const countsAndLeft = <Counts extends object>({ counts, left }: Pick<RevertPlanned, 'left'> & { counts: Counts }) => ({
  counts: { ...counts },
  left: left.map(renderIssue),
});

export function renderRevertPlan(request: FastifyRequest, planned: RevertPlanned) {
  const { counts: _counts, run: _run, ...plan } = renderPlan(request, planned.plan);
  return { outcome: planned.kind, ...plan, ...countsAndLeft(planned) };
}

/** `keyway revert`: takes back what a run changed, or with `--import` an import. */
import { exitCodes } from '../failure.ts';
import { oneLine, print } from '../output.ts';
import { apiOf, ask } from './api.ts';
import { countsOf } from './sync.ts';
import { type Plan, type PlanOptions, showPlan } from './write-plan.ts';

export type RevertOptions = PlanOptions & { readonly url?: string; readonly import?: boolean };

type Reverted = {
  readonly run?: { readonly id: string } | null;
  readonly import?: { readonly id: string } | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly left: readonly { readonly message: string }[];
};

/** @returns 1 when something was left as it is; with `--plan` 2 when something would be taken back. */
export async function revertCommand([id = '']: readonly string[], options: RevertOptions): Promise<number> {
  const path = `${options.import ? 'imports' : 'runs'}/${encodeURIComponent(id)}/revert`;
  const query = { plan: options.plan ? 'true' : undefined, plan_id: options.planId };
  const answer = await ask<Reverted | (Plan & Reverted)>(apiOf(options.url), { method: 'POST', path, query });
  if ('plan_id' in answer) return showPlan(answer, options, 'left as it is');
  const { run, import: imported, counts, left } = answer;
  print(countsOf([[options.import ? 'Import' : 'Run', (imported ?? run)?.id ?? '']], counts));
  for (const { message } of left) print(oneLine(message));
  return left.length === 0 ? 0 : exitCodes.failure;
}

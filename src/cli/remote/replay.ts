/** `keyway replay`: applies elements of a run after all, as they were sent or as a file says. */
import { CommandFailure, exitCodes } from '../failure.ts';
import { oneLine, print } from '../output.ts';
import { apiOf, ask } from './api.ts';
import { openInput, setFormats } from './input.ts';
import { countsOf } from './sync.ts';
import { type Plan, type PlanOptions, showPlan } from './write-plan.ts';

export type ReplayOptions = PlanOptions & {
  readonly url?: string;
  readonly format?: string;
  readonly decimal?: string;
  readonly element?: string;
};

type Answer = {
  readonly run: { readonly id: string } | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly issues: readonly { readonly key: string | null; readonly message: string }[];
};

/** @returns 1 when an element was rejected again, or has an issue; with `--plan` 2 when something would be done. */
export async function replayCommand([run = '', file]: readonly string[], options: ReplayOptions): Promise<number> {
  const { url, format, decimal, element } = options;
  const api = apiOf(url);
  if (element !== undefined && file !== undefined)
    throw new CommandFailure('A file says itself which elements it has: leave --element out.', exitCodes.usage);
  const input = file === undefined ? undefined : await openInput(file, format, setFormats);
  const one = element === undefined ? '' : `/elements/${encodeURIComponent(element)}`;
  const answer = await ask<Answer | (Plan & Answer)>(api, {
    method: 'POST',
    path: `runs/${encodeURIComponent(run)}${one}/replay`,
    query: { plan: options.plan ? 'true' : undefined, plan_id: options.planId, decimal },
    ...(input && { body: { media: input.media, stream: input.open(() => {}) } }),
  });
  const { run: replay, counts, issues } = answer;
  const isMended = issues.length === 0 && (counts.rejected ?? 0) === 0;
  const changes = 'plan_id' in answer ? showPlan(answer, options) : 0;
  if (replay !== null) print(countsOf([['Run', replay.id]], counts));
  if (!options.json)
    for (const { key, message } of issues) print(oneLine(key === null ? message : `${key}: ${message}`));
  return changes || (isMended ? 0 : exitCodes.failure);
}

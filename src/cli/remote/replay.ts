/** `keyway replay`: applies elements of a run after all, as they were sent or as a file says. */
import { CommandFailure, exitCodes } from '../failure.ts';
import { print } from '../output.ts';
import { apiOf, ask } from './api.ts';
import { openInput, setFormats } from './input.ts';
import { countsOf } from './sync.ts';

export type ReplayOptions = {
  readonly url?: string;
  readonly format?: string;
  readonly element?: string;
  readonly plan?: boolean;
};

type Answer = {
  readonly outcome: 'replayed' | 'planned';
  readonly run: { readonly id: string } | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly issues: readonly { readonly key: string | null; readonly message: string }[];
};

/** @returns 1 when an element was rejected again, or has an issue. */
export async function replayCommand(
  [run = '', file]: readonly string[],
  { url, format, element, plan }: ReplayOptions,
): Promise<number> {
  const api = apiOf(url);
  if (element !== undefined && file !== undefined)
    throw new CommandFailure('A file says itself which elements it has: leave --element out.', exitCodes.usage);
  const input = file === undefined ? undefined : await openInput(file, format, setFormats);
  const one = element === undefined ? '' : `/elements/${encodeURIComponent(element)}`;
  const { run: replay, counts, issues } = await ask<Answer>(api, {
    method: 'POST',
    path: `runs/${encodeURIComponent(run)}${one}/replay`,
    query: plan ? { plan: 'true' } : {},
    ...(input && { body: { media: input.media, stream: input.open(() => {}) } }),
  });
  print(countsOf([['Run', replay?.id ?? 'none: this is a plan']], counts));
  for (const { key, message } of issues) print(key === null ? message : `${key}: ${message}`);
  return issues.length === 0 && (counts.rejected ?? 0) === 0 ? 0 : exitCodes.failure;
}

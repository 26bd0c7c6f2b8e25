/** `keyway sync`: submits a complete set to an interface. */
import { InvalidArgumentError } from 'commander';
import { CommandFailure, exitCodes } from '../failure.ts';
import { list, print } from '../output.ts';
import { apiOf, ask, Dropped } from './api.ts';
import { openInput, setFormats } from './input.ts';
import { Progress, withSeparators } from './progress.ts';
import { firstIssues } from './run-issues.ts';
import { type PlanOptions, planRemotely } from './write-plan.ts';

/** The longest that a server waits for a run that must queue. */
const waitSeconds = 600;

export type SyncOptions = PlanOptions & {
  readonly url?: string;
  readonly format?: string;
  readonly form?: string;
  readonly decimal?: string;
  readonly scope?: Scope;
};

/** What the set is everything of: name and value of `--scope region=EU`. */
type Scope = Readonly<Record<string, string>>;

/** Adds one `--scope` to those before it. @throws when it is none. */
export function addScope(text: string, scope: Scope = {}): Scope {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It is a field or relation and its value: region=EU.');
  return { ...scope, [text.slice(0, at)]: text.slice(at + 1) };
}

const scopeQuery = (scope: Scope = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(scope).map(([name, value]) => [`scope[${name}]`, value]));

type Run = {
  readonly id: string;
  readonly number: number;
  readonly state: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly issues: number;
  readonly issues_url: string | null;
  readonly failure?: string | null;
  readonly held?: { readonly message: string; readonly approve_url: string } | null;
};

/** @returns 1 when an element was rejected, or the set is not in force. */
export async function syncCommand(
  [endpoint = '', file = '']: readonly string[],
  options: SyncOptions,
): Promise<number> {
  const api = apiOf(options.url);
  const input = await openInput(file, options.format, setFormats);
  const path = `interfaces/${encodeURIComponent(endpoint)}/runs`;
  const query = { ...scopeQuery(options.scope), form: options.form, decimal: options.decimal };
  if (options.plan) return planRemotely(api, path, query, input, options);
  const progress = new Progress(input.bytes);
  const stream = input.open((count) => progress.addBytes(count));
  try {
    const run = await ask<Run>(api, {
      method: 'POST',
      path,
      query: { ...query, wait: String(waitSeconds), plan_id: options.planId },
      body: { media: input.media, stream },
    });
    progress.end();
    print(
      countsOf(
        [
          ['Run', run.id],
          ['State', run.state],
        ],
        run.counts,
      ),
    );
    if (run.failure) print(run.failure);
    if (run.state === 'queued') print('The set is kept, and will be applied when the runs before it are done.');
    if (run.held) print(`${run.held.message}\nkeyway approve ${run.number} --plan lists them. ${run.held.approve_url}`);
    const { id, issues, issues_url } = run;
    if (issues_url !== null) print((await firstIssues(api, { id, issues, issues_url })).join('\n'));
    return run.state === 'applied' && (run.counts.rejected ?? 0) === 0 ? 0 : exitCodes.failure;
  } catch (error) {
    if (!(error instanceof Dropped)) throw error;
    const advice =
      'A set is applied as a whole or not at all, and one that is sent again changes nothing more: send it again.';
    throw new CommandFailure([error.message, advice]);
  } finally {
    progress.end();
    stream.destroy();
  }
}

/** Of a run, behind what else is said of it. */
export const countsOf = (
  before: readonly (readonly [string, string])[],
  counts: Readonly<Record<string, number>>,
): string =>
  list([
    ...before,
    ...Object.entries(counts).map(
      ([name, count]) => [name.charAt(0).toUpperCase() + name.slice(1), withSeparators(count)] as const,
    ),
  ]);

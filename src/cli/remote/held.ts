/** `keyway approve` and `keyway cancel`: what is to become of the deletes that a run holds. */
import { styleText } from 'node:util';
import { count } from '../../model/text.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import { oneLine, print } from '../output.ts';
import { type Api, apiOf, ask, jsonBody } from './api.ts';
import { withSeparators } from './progress.ts';
import { countsOf } from './sync.ts';

export type ApproveOptions = { readonly url?: string; readonly deletes?: string; readonly plan?: boolean };

type Answer = {
  readonly run: {
    readonly id: string;
    readonly number: number;
    readonly state: string;
    readonly counts: Readonly<Record<string, number>>;
    readonly held_result: { readonly message: string } | null;
  };
  readonly skipped: number;
};

/** @returns 1 when a record stayed, or the run has issues that are open; with `--plan` 2 when something would be deleted. */
export async function approveCommand([run = '']: readonly string[], options: ApproveOptions): Promise<number> {
  const { deletes, plan } = options;
  if (!plan && !/^\d{1,15}$/.test(deletes ?? '')) {
    const advice = 'Say with --deletes how many may be deleted at most: keyway approve RUN --plan lists them.';
    throw new CommandFailure(advice, exitCodes.usage);
  }
  const api = apiOf(options.url);
  if (plan) return listHeld(api, run);
  const body = jsonBody({ deletes: Number(deletes) });
  const answer = await ask<Answer>(api, { method: 'POST', path: `${pathOf(run)}/approve`, body });
  say(answer);
  const { skipped } = answer;
  if (skipped > 0)
    print(
      `${count(skipped, 'record')} ${skipped === 1 ? 'stays' : 'stay'}: keyway issues ${answer.run.number} says why.`,
    );
  return skipped === 0 && answer.run.state === 'applied' ? 0 : exitCodes.failure;
}

export async function cancelCommand(
  [run = '']: readonly string[],
  { url }: { readonly url?: string },
): Promise<number> {
  say(await ask<Answer>(apiOf(url), { method: 'POST', path: `${pathOf(run)}/cancel` }));
  return 0;
}

const pathOf = (run: string): string => `runs/${encodeURIComponent(run)}`;

function say({ run: { id, state, counts, held_result: result } }: Answer): void {
  const head = [
    ['Run', id],
    ['State', state],
  ] as const;
  print(countsOf(head, counts));
  if (result !== null) print(result.message);
}

type Held = {
  readonly record: { readonly type: string; readonly number: number };
  readonly key: string | null;
  readonly stays: string | null;
};

async function listHeld(api: Api, run: string): Promise<number> {
  const found = { deleted: 0, staying: 0 };
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = { limit: '1000', cursor };
    const page: { readonly items: readonly Held[]; readonly next: string | null } = await ask(api, {
      method: 'GET',
      path: `${pathOf(run)}/held`,
      query,
    });
    for (const { record, key, stays } of page.items) {
      found[stays === null ? 'deleted' : 'staying'] += 1;
      const name = `${record.type} ${key ?? record.number}`;
      print(styleText('red', oneLine(stays === null ? `- ${name}` : `! ${name} (stays): ${stays}`)));
    }
    cursor = page.next;
  }
  const { deleted, staying } = found;
  if (deleted + staying > 0) print('');
  print(`${withSeparators(deleted)} to go, ${withSeparators(staying)} to stay.`);
  return deleted > 0 ? exitCodes.changes : 0;
}

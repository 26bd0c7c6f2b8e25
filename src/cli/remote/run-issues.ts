/** The issues of a run as `keyway sync` shows them: the first of them, and where all are. */
import { json } from 'node:stream/consumers';
import { count } from '../../model/text.ts';
import { type Api, send } from './api.ts';

const mostShown = 20;

type Issue = {
  readonly severity: string;
  readonly code: string;
  readonly key: string | null;
  readonly member: string | null;
  readonly message: string;
  readonly remedy: string;
};

export async function issueLines(
  api: Api,
  { id, issues, issues_url: url }: { readonly id: string; readonly issues: number; readonly issues_url: string },
): Promise<string[]> {
  const answer = await send(api, {
    method: 'GET',
    path: `runs/${id}/issues`,
    query: { limit: String(mostShown) },
    accept: 'application/json',
  });
  const { items } = (await json(answer)) as { readonly items: readonly Issue[] };
  const head = items.length < issues ? `${count(issues, 'issue')}, of which the first are` : count(issues, 'issue');
  return ['', `${head}:`, ...items.flatMap(linesOf), `All of them: ${url}`];
}

function linesOf({ severity, code, key, member, message, remedy }: Issue): string[] {
  const place = [key, member].filter((part) => part !== null).join(', ');
  return [`  ${severity} ${code}${place && ` (${place})`}: ${message}`, `    ${remedy}`];
}

/** The issues of a run as `keyway sync` shows them: the first of them, and where all are. */
import { count } from '../../model/text.ts';
import { oneLine } from '../output.ts';
import { type Api, ask } from './api.ts';

const mostShown = 20;

export type Issue = {
  readonly severity: string;
  readonly code: string;
  readonly key: string | null;
  readonly member: string | null;
  readonly message: string;
  readonly remedy: string;
};

export async function firstIssues(
  api: Api,
  { id, issues, issues_url: url }: { readonly id: string; readonly issues: number; readonly issues_url: string },
): Promise<string[]> {
  const { items } = await ask<{ readonly items: readonly Issue[] }>(api, {
    method: 'GET',
    path: `runs/${id}/issues`,
    query: { limit: String(mostShown) },
  });
  const head = items.length < issues ? `${count(issues, 'issue')}, of which the first are` : count(issues, 'issue');
  return ['', `${head}:`, ...items.flatMap(issueLines).map((line) => `  ${line}`), `All of them: ${url}`];
}

export function issueLines({ severity, code, key, member, message, remedy }: Issue): string[] {
  const place = [key, member].filter((part) => part !== null).join(', ');
  return [`${severity} ${code}${place && ` (${place})`}: ${message}`, `  ${remedy}`].map(oneLine);
}

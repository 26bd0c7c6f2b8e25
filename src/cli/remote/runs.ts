/** `keyway runs`: the runs of all interfaces, or of one, newest first. */
import { print, table } from '../output.ts';
import { apiOf, ask } from './api.ts';
import { withSeparators } from './progress.ts';

export type RunsOptions = {
  readonly url?: string;
  readonly state?: string;
  readonly limit?: string;
  readonly json?: boolean;
};

type Run = {
  readonly number: number;
  readonly interface: string;
  readonly state: string;
  readonly received_at: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly held: { readonly deletes: number } | null;
  readonly issues: number;
};

const shownCounts = ['received', 'created', 'updated', 'deleted', 'rejected'] as const;

export async function runsCommand([endpoint]: readonly string[], options: RunsOptions): Promise<number> {
  const { state, limit = '20' } = options;
  const path = endpoint === undefined ? 'runs' : `interfaces/${encodeURIComponent(endpoint)}/runs`;
  const api = apiOf(options.url);
  const { items } = await ask<{ readonly items: readonly Run[] }>(api, {
    method: 'GET',
    path,
    query: { state, limit },
  });
  print(options.json ? JSON.stringify(items, null, 2) : tableOf(items));
  return 0;
}

function tableOf(runs: readonly Run[]): string {
  const headings = ['RUN', 'INTERFACE', 'STATE', 'RECEIVED AT', ...shownCounts, 'held deletes', 'issues'];
  const rows = runs.map(({ number, interface: endpoint, state, received_at, counts, held, issues }) => [
    String(number),
    endpoint,
    state,
    received_at.slice(0, 19).replace('T', ' '),
    ...shownCounts.map((name) => withSeparators(counts[name] ?? 0)),
    held === null ? '' : withSeparators(held.deletes),
    withSeparators(issues),
  ]);
  return table(
    headings.map((heading) => heading.toUpperCase()),
    rows,
  );
}

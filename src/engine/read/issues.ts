/** What a run found, for those who may read the record type of its interface. */
import type { Catalogue } from '../../model/catalogue.ts';
import type { Caller } from '../../model/principal.ts';
import type { IssueCode, IssueListOutcome, IssueView } from '../../model/runs.ts';
import { isStorableText } from '../../model/text.ts';
import type { Database } from '../../store/postgres/database.ts';
import { readIssues } from '../../store/sync/issues.ts';
import { heldResult } from '../sync/holding/held-result.ts';
import { issueView } from '../sync/runs/issue-view.ts';
import { decodeCursor, encodeCursor, foreignCursor } from './cursor.ts';
import { findRunRow } from './runs.ts';

export type IssueQuery = {
  readonly severity?: IssueView['severity'];
  readonly code?: IssueCode;
  readonly key?: string;
  readonly member?: string;
  /** Whether their elements were applied after all. */
  readonly resolved?: boolean;
  readonly limit: number;
  readonly cursor?: string;
};

/** In the order of the body. @param endpoint of the interface that the run must be of; null: of any. */
export const listIssues = (
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  endpoint: string | null,
  run: string,
  query: IssueQuery,
): Promise<IssueListOutcome> =>
  database.inWorkspace(catalogue.workspace, async (tx): Promise<IssueListOutcome> => {
    const found = await findRunRow(tx, catalogue, caller, endpoint, run);
    if (found === undefined) return { kind: 'unknown_run' };
    const { severity = null, code = null, key = null, member = null, resolved = null, limit, cursor } = query;
    const identity = [catalogue.workspace, 'issues', found.row.run, severity, code, key, member, resolved];
    const [place, row] = cursor === undefined ? [-1, -1] : (decodeCursor(identity, cursor) ?? []);
    if (!isWhole(place) || !isWhole(row)) return foreignCursor;
    if (![key, member].every((text) => text === null || isStorableText(text)))
      return { kind: 'page', items: [], next: null };
    const held = heldResult(catalogue.workspace, found.row);
    const filter = { severity, code, key, member, resolved, heldIsOver: held !== null };
    const rows = await readIssues(tx, catalogue.workspace, found.row.run, filter, {
      after: [place, row],
      limit: limit + 1,
    });
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      kind: 'page',
      items: rows.slice(0, limit).map((issue) => issueView(catalogue, found.on.type, issue, held)),
      next: last === undefined ? null : encodeCursor(identity, [last.place, last.row]),
    };
  });

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);

/** Imports as they are kept, and the rows of them that were rejected. */
import type { WorkspaceId } from '../../model/ids.ts';
import { guidOf, principalId } from '../../model/ids.ts';
import type { ImportListOutcome, ImportView, RejectedRowsOutcome } from '../../model/imports.ts';
import type { Caller } from '../../model/principal.ts';
import { readImports, readRejections, type ShownImport } from '../../store/imports.ts';
import type { Database } from '../../store/postgres/database.ts';
import { settled } from '../import/lost-imports.ts';
import { findOwnImport, seesAll } from '../import/resume.ts';
import { decodeCursor, encodeCursor, foreignCursor } from './cursor.ts';

export type PageQuery = { readonly limit: number; readonly cursor?: string };

/** Newest first; a member's own, everybody's for the others. @param query.type those of this record type, also when it is gone since. */
export async function listImports(
  database: Database,
  caller: Caller,
  query: PageQuery & { readonly type?: string },
): Promise<ImportListOutcome> {
  const { workspace, id } = caller.principal;
  const identity = [workspace, 'imports'];
  const before = placeOf(identity, query, Number.MAX_SAFE_INTEGER);
  if (before === undefined) return foreignCursor;
  const { type = null, limit } = query;
  const wanted = { principal: seesAll(caller) ? null : id, type, before, limit: limit + 1 };
  const rows = await database.inWorkspace(workspace, (tx) =>
    settled(tx, workspace, () => readImports(tx, workspace, wanted)),
  );
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return {
    kind: 'page',
    items: shown.map((row) => importView(workspace, row)),
    next: last === undefined ? null : encodeCursor(identity, [last.import]),
  };
}

export async function getImport(database: Database, caller: Caller, id: string): Promise<ImportView | undefined> {
  const { workspace } = caller.principal;
  const row = await database.inWorkspace(workspace, (tx) => findOwnImport(tx, workspace, caller, id));
  return row && importView(workspace, row);
}

/** In the order of the body. */
export function rejectedRows(
  database: Database,
  caller: Caller,
  id: string,
  query: PageQuery,
): Promise<RejectedRowsOutcome> {
  const { workspace } = caller.principal;
  return database.inWorkspace(workspace, async (tx): Promise<RejectedRowsOutcome> => {
    const found = await findOwnImport(tx, workspace, caller, id);
    if (found === undefined) return { kind: 'unknown_import' };
    const identity = [workspace, 'rejected', found.import];
    const after = placeOf(identity, query, -1);
    if (after === undefined) return foreignCursor;
    const rows = await readRejections(tx, workspace, { import: found.import, after, limit: query.limit + 1 });
    const shown = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? shown.at(-1) : undefined;
    return {
      kind: 'page',
      items: shown.map(({ row, ...rest }) => ({ index: row, ...rest })),
      next: last === undefined ? null : encodeCursor(identity, [last.row]),
    };
  });
}

function placeOf(identity: readonly unknown[], { cursor }: PageQuery, start: number): number | undefined {
  const [place] = cursor === undefined ? [start] : (decodeCursor(identity, cursor) ?? []);
  return Number.isSafeInteger(place) ? (place as number) : undefined;
}

export const importView = (workspace: WorkspaceId, row: ShownImport): ImportView => ({
  id: guidOf('import', workspace, row.import),
  number: row.import,
  command: row.command,
  state: row.state,
  counts: row.counts,
  rowsDone: row.rows_done,
  principal: { id: principalId(row.principal_id), name: row.principal_name },
  request: row.request,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  failure: row.failure,
  reverts: row.reverts === null ? null : guidOf('import', workspace, row.reverts),
  revertedBy: row.reverted_by === null ? null : guidOf('import', workspace, row.reverted_by),
  plan: row.plan,
});

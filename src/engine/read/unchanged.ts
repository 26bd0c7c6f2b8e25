/**
 * The records that a run found as they were. An element that says what is stored is not kept (ADR 0018), so that they are told by what
 * there is: the records that the interface is responsible for, without those that the run changed, holds, or has an issue of. That is
 * what was unchanged as long as no newer set came, and of a set that was everything of its interface.
 */
import type { Catalogue } from '../../model/catalogue.ts';
import type { Caller } from '../../model/principal.ts';
import type { UnchangedOutcome } from '../../model/runs.ts';
import type { Database, Transaction } from '../../store/postgres/database.ts';
import { findNewerSet, readLive, readUnchanged } from '../../store/records/unchanged-records.ts';
import type { RunRow } from '../../store/sync/runs.ts';
import { decodeCursor, encodeCursor, foreignCursor } from './cursor.ts';
import { viewsOf } from './records.ts';
import { findRunRow } from './runs.ts';

/** Of a run that changed nearly all there are few to be found: a page ends there, with fewer than were asked for. */
const mostLookedAt = 5_000;

export const listUnchanged = (
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  run: string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
): Promise<UnchangedOutcome> =>
  database.inWorkspace(catalogue.workspace, async (tx): Promise<UnchangedOutcome> => {
    const { workspace } = catalogue;
    const found = await findRunRow(tx, catalogue, caller, null, run);
    const type = found && catalogue.types.get(found.on.type);
    if (found === undefined || type === undefined) return { kind: 'unknown_run' };
    const { row } = found;
    const message = await whyNotKnown(tx, workspace, row);
    if (message !== undefined) return { kind: 'not_known', message };
    const identity = [workspace, 'unchanged', row.run];
    const [after] = cursor === undefined ? [0] : (decodeCursor(identity, cursor) ?? []);
    if (typeof after !== 'number' || !Number.isSafeInteger(after)) return foreignCursor;
    const looked = await readUnchanged(tx, workspace, row, { after, limit: mostLookedAt });
    const unchanged = looked.flatMap(({ number, unchanged: is }) => (is ? [number] : []));
    const numbers = unchanged.slice(0, limit);
    const { rows, isMore: isCut } = await readLive(tx, workspace, type.id, numbers);
    const isMore = isCut || unchanged.length > limit || looked.length === mostLookedAt;
    const last = isCut ? rows.at(-1)?.number : unchanged.length > limit ? numbers.at(-1) : looked.at(-1)?.number;
    return {
      kind: 'page',
      items: await viewsOf(tx, catalogue, type, rows),
      next: isMore && last !== undefined ? encodeCursor(identity, [last]) : null,
    };
  });

async function whyNotKnown(tx: Transaction, workspace: number, row: RunRow): Promise<string | undefined> {
  const isInForce = row.state === 'applied' || row.state === 'partial' || (row.state === 'held' && !row.held_whole);
  if (row.reverts !== null || row.replays !== null) return 'It is no complete set.';
  if (!isInForce) return 'It is not in force.';
  if (row.scope !== null) return 'Its set was everything of a part of what the interface keeps.';
  const newer = await findNewerSet(tx, workspace, row);
  return newer === undefined ? undefined : `A newer set came since, with run ${newer}.`;
}

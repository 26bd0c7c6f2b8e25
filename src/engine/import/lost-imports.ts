/** Imports by a plan whose server is gone: nothing of them was written, and they cannot go on. Others go on where they are. */
import { clock } from '../../model/clock.ts';
import type { WorkspaceId } from '../../model/ids.ts';
import type { Transaction } from '../../store/database.ts';
import { failLostImports, type ShownImport } from '../../store/imports.ts';

/** Between the record of an import and the transaction that holds it lie milliseconds. */
const openedMs = 60_000;
const failure = 'The server stopped while it was received: nothing of it was written. Make a new plan.';

/** Reads again when one of them was lost. */
export async function settled(
  tx: Transaction,
  workspace: WorkspaceId,
  read: () => Promise<ShownImport[]>,
): Promise<ShownImport[]> {
  const rows = await read();
  const said = rows.flatMap((row) => (row.plan !== null && row.state === 'receiving' ? [row.import] : []));
  if (said.length === 0) return rows;
  const now = clock.now();
  const begunBefore = new Date(now.getTime() - openedMs);
  const lost = await failLostImports(tx, workspace, said, { begunBefore, failure, now });
  return lost === 0 ? rows : read();
}

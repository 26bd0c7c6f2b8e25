/**
 * Imports whose server is gone. No transaction lasts as long as an import does, so that no lock says that somebody is at work on it: its server says
 * so again and again. One by a plan is a single transaction, which holds it: nothing of it was written, and it cannot go on.
 */
import { clock } from '../../model/clock.ts';
import type { WorkspaceId } from '../../model/ids.ts';
import { endLostImports, findImport, keepImportAlive, type ShownImport } from '../../store/imports.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import type { Kind } from '../once/begun.ts';
import type { WriteContext } from '../write/attempt.ts';
import type { Underway } from './underway.ts';

const tellMs = 10_000;
/** A server that is not heard of for so long is gone; or it is so busy that it will be surprised to be told, and goes on. */
const lostMs = 60_000;
const cutShort = 'The server stopped while it was received. What it had written stays: go on with it.';

/** Between the record of an import by a plan and the transaction that holds it lie milliseconds. */
const openedMs = 60_000;
const failed = 'The server stopped while it was received: nothing of it was written. Make a new plan.';

/** @returns what ends it, once nothing of it is under way. */
export function keepAlive(
  { database, workspace }: Pick<WriteContext, 'database' | 'workspace'>,
  { number, attempt }: Pick<Underway, 'number' | 'attempt'>,
  everyMs = tellMs,
): () => Promise<void> {
  let telling: Promise<void> = Promise.resolve();
  const tell = (): void => {
    const at = { import: number, attempt };
    telling = database.inWorkspace(workspace, (tx) => keepImportAlive(tx, workspace, at, clock.now())).catch(() => {}); // its chunks say it too
  };
  const timer = setInterval(tell, everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    return telling;
  };
}

/** Reads again when one of them was lost. */
export async function settled(
  tx: Transaction,
  workspace: WorkspaceId,
  read: () => Promise<ShownImport[]>,
): Promise<ShownImport[]> {
  const rows = await read();
  const said = rows.flatMap((row) => (row.state === 'receiving' ? [row.import] : []));
  if (said.length === 0) return rows;
  const now = clock.now();
  const before = (ms: number): Date => new Date(now.getTime() - ms);
  const lost =
    (await endLostImports(tx, workspace, said, { state: 'failed', before: before(openedMs), failure: failed, now })) +
    (await endLostImports(tx, workspace, said, { state: 'cut_short', before: before(lostMs), failure: cutShort, now }));
  return lost === 0 ? rows : read();
}

export async function findSettledImport(
  tx: Transaction,
  workspace: WorkspaceId,
  number: number,
): Promise<ShownImport | undefined> {
  const [row] = await settled(tx, workspace, async () => {
    const found = await findImport(tx, workspace, number);
    return found === undefined ? [] : [found];
  });
  return row;
}

/** Imports as what an Idempotency-Key can be of. */
export const importsOf = (workspace: WorkspaceId): Kind => ({
  name: 'import',
  async progressOf(tx, number) {
    const row = await findSettledImport(tx, workspace, number);
    if (row === undefined) return 'gone';
    return row.state === 'receiving' ? 'under way' : 'ended';
  },
});

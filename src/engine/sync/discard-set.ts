/** Sets that their interfaces hold as a whole, and that nobody will apply any more: they were cancelled, or not approved in time. */
import type { Transaction } from '../../store/database.ts';
import { findExpiredSets, forgetHeldDeletes, noteHeldEnd } from '../../store/held-deletes.ts';
import { findRun, type RunRow, tryLockInterface } from '../../store/runs.ts';
import { noCounts } from '../balance.ts';
import { RunEnds } from './run-ends.ts';

const inWords = { cancelled: 'cancelled', expired: 'not approved in time' } as const;

/** Nothing of it was applied, nor will be. The caller has the interface to itself. */
export async function discardSet(
  tx: Transaction,
  workspace: number,
  { run, counts: { received }, issues }: RunRow,
  end: keyof typeof inWords,
): Promise<RunRow> {
  const ends = new RunEnds(tx, workspace);
  forgetHeldDeletes(tx, workspace, run);
  noteHeldEnd(tx, workspace, run, end);
  const finishedAt = new Date();
  const ended = await ends.end({
    run,
    state: 'failed',
    counts: { ...noCounts, received, rejected: received },
    issues,
    finished_at: finishedAt,
    failure: `The set was held as a whole, and ${inWords[end]}: nothing of it was applied.`,
  });
  ends.commit(finishedAt);
  return ended;
}

/** Ends one set whose time is over, and lets its elements go. One whose interface is at work is left for later. @returns whether there was one. */
export async function discardExpired(tx: Transaction, workspace: number, now: Date): Promise<boolean> {
  for (const { run, interface: on } of await findExpiredSets(tx, workspace, now)) {
    if (!(await tryLockInterface(tx, workspace, on))) continue;
    const row = await findRun(tx, workspace, run);
    if (row?.state !== 'held') continue;
    await discardSet(tx, workspace, row, 'expired');
    return true;
  }
  return false;
}

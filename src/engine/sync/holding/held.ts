/** The deletes that an interface's guard held: approved, those that were shown and no more, or cancelled. */
import { clock } from '../../../model/clock.ts';
import type { WorkspaceId } from '../../../model/ids.ts';
import type { Caller } from '../../../model/principal.ts';
import type { HeldOutcome, HeldRefusal } from '../../../model/runs.ts';
import { count } from '../../../model/text.ts';
import { endHeldDeletes } from '../../../store/sync/held-deletes.ts';
import type { RunRow } from '../../../store/sync/runs.ts';
import { atRun, type RunsContext } from '../past-runs/at-run.ts';
import { RunEnds } from '../runs/run-ends.ts';
import { runView } from '../runs/run-view.ts';
import { Approval } from './approve-deletes.ts';
import { applyHeld, changedSince, type SetMeans } from './approve-set.ts';
import { discardSet } from './discard-set.ts';
import { heldResult } from './held-result.ts';
import { MoreThanApproved } from './held-since.ts';

/** @param most how many may be deleted, of those that the approver was shown. */
export const approveHeld = (
  runs: RunsContext & SetMeans,
  caller: Caller,
  run: string,
  most: number,
): Promise<HeldOutcome> =>
  atRun<HeldOutcome>(runs, caller, run, async (tx, { row, on, context }) => {
    const refusal = refusalOf(context.catalogue.workspace, row);
    if (refusal !== undefined) return refusal;
    if (row.held_whole !== null) {
      const applied = await applyHeld(tx, runs, context, row, most);
      return { kind: 'done', run: runView(context.catalogue, on.endpoint, applied), skipped: 0 };
    }
    const approval = new Approval(tx, context, row);
    const ended = await approval.deleteHeld(most);
    return { kind: 'done', run: runView(context.catalogue, on.endpoint, ended), skipped: approval.skipped };
  }).catch((fault) => {
    const refusal = fault instanceof MoreThanApproved ? tooMany(fault.deletes, most) : changedSince(fault);
    if (refusal === undefined) throw fault;
    return refusal;
  });

export const cancelHeld = (runs: RunsContext, caller: Caller, run: string): Promise<HeldOutcome> =>
  atRun<HeldOutcome>(runs, caller, run, async (tx, { row, on, context: { catalogue } }) => {
    const refusal = row.state === 'held' ? undefined : refusalOf(catalogue.workspace, row);
    if (refusal !== undefined) return refusal;
    if (row.held_whole !== null) {
      const cancelled = { outcome: 'cancelled', by: caller.principal.id, at: clock.now() } as const;
      const discarded = await discardSet(tx, catalogue.workspace, row, cancelled);
      return { kind: 'done', run: runView(catalogue, on.endpoint, discarded), skipped: 0 };
    }
    const cancelled = { outcome: 'cancelled', by: caller.principal.id, at: clock.now() } as const;
    const ended = await endHeldDeletes(tx, catalogue.workspace, { ...row, state: 'partial' }, cancelled, 0);
    const ends = new RunEnds(tx, catalogue.workspace);
    ends.tell(ended);
    ends.commit(clock.now());
    return { kind: 'done', run: runView(catalogue, on.endpoint, ended), skipped: 0 };
  });

function refusalOf(workspace: WorkspaceId, row: RunRow): HeldOutcome | undefined {
  if (row.state === 'held') {
    if (row.held_until === null || row.held_until > clock.now()) return undefined;
    return refused('held_expired', `The deletes were held until ${row.held_until.toISOString()}. Send the set again.`);
  }
  const result = heldResult(workspace, row);
  if (result === null) return refused('run_not_held', 'It holds no deletes.');
  if (result.outcome === 'expired') return refused('held_expired', `${result.message} Send the set again.`);
  return refused('run_not_held', result.message);
}

const tooMany = (deletes: number, most: number): HeldOutcome => ({
  ...refused(
    'held_differs',
    `The approval is for ${count(most, 'delete')} at most, and it would be ${count(deletes, 'delete')} now. Nothing was deleted: look at the list again.`,
  ),
  deletes,
});

const refused = (code: HeldRefusal, message: string) => ({ kind: 'refused', code, message }) as const;

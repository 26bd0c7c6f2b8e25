/** How runs end, one or several in a transaction: each balances, is over for good, and is told in the feed. */

import { clock } from '../../../model/clock.ts';
import type { EventKind } from '../../../model/events.ts';
import type { WorkspaceId } from '../../../model/ids.ts';
import type { RunState } from '../../../model/runs.ts';
import { insertChanges, insertCommit } from '../../../store/changes/changes.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { noteHeldWhole } from '../../../store/sync/held-deletes.ts';
import { closeRun, leaveRun } from '../../../store/sync/run-queue.ts';
import { type FinishedRun, finishRun, type HeldSet, type RunRow } from '../../../store/sync/runs.ts';
import { checkBalance } from '../../balance.ts';
import { runEvent } from '../../changes/events.ts';

const eventOfState: Partial<Record<RunState, EventKind>> = {
  applied: 'run_applied',
  partial: 'run_partial',
  held: 'run_held',
  failed: 'run_failed',
  superseded: 'run_superseded',
};

export class RunEnds {
  readonly #tx: Transaction;
  readonly #workspace: WorkspaceId;
  /** Change rows of the transaction, which are one batch. */
  #rows: number;

  /** @param changes how many change rows the transaction has written already. */
  constructor(tx: Transaction, workspace: WorkspaceId, changes = 0) {
    this.#tx = tx;
    this.#workspace = workspace;
    this.#rows = changes;
  }

  /** @param changes how many of the change rows are the run's own. */
  async end(run: FinishedRun, changes = 0): Promise<RunRow> {
    checkBalance(`Run ${run.run}`, run.counts);
    const row = await finishRun(this.#tx, this.#workspace, run, changes);
    closeRun(this.#tx, this.#workspace, run.run);
    this.tell(row);
    return row;
  }

  /** Nothing of the run was applied: it waits for somebody's decision, and its elements with it. */
  async hold(run: FinishedRun, wouldBe: HeldSet): Promise<RunRow> {
    checkBalance(`Run ${run.run}`, run.counts);
    await noteHeldWhole(this.#tx, this.#workspace, run.run, wouldBe);
    const row = await finishRun(this.#tx, this.#workspace, run, 0);
    leaveRun(this.#tx, this.#workspace, run.run);
    this.tell(row);
    return row;
  }

  /** The run came to another end than before: its held deletes were decided on. */
  tell(row: RunRow): void {
    const kind = eventOfState[row.state];
    if (kind === undefined) return;
    const place = { draws: this.#rows === 0, before: this.#rows };
    insertChanges(this.#tx, this.#workspace, place, [runEvent(this.#workspace, kind, row, clock.now())]);
    this.#rows += 1;
  }

  /** Must come last: the place in the feed is taken for a moment only. */
  commit(at: Date): void {
    if (this.#rows > 0) insertCommit(this.#tx, this.#workspace, at, this.#rows);
  }
}

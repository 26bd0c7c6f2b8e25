/** Writes one chunk of an import in a transaction of its own, with how far the import is then. */
import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import { clock } from '../../model/clock.ts';
import type { ImportCommand, ImportRow } from '../../model/commands.ts';
import type { ImportOutcome } from '../../model/imports.ts';
import type { Caller } from '../../model/principal.ts';
import { insertCommit } from '../../store/changes/changes.ts';
import { advanceImport, insertRejections, noteImportBatch } from '../../store/imports.ts';
import { type Database, isDivisionByZero, type Transaction } from '../../store/postgres/database.ts';
import { ImportTakenOver } from '../hub-errors.ts';
import { attemptBatch, publicFault, type WriteContext } from '../write/attempt.ts';
import type { BatchOutcome, UnheldLinks, Within } from '../write/run-batch.ts';
import { commandOf, outcomeOf } from './chunk.ts';
import { addOutcomes } from './counts.ts';
import { TurnLost, type TurnTaker } from './turn.ts';
import type { Progress, Underway } from './underway.ts';

/** After a chunk. */
export type Written = Progress & { readonly outcomes: readonly ImportOutcome[] };

/**
 * `allNew`: whether all rows that were judged so far have made a record or link, as the next will then, too. One that did not ends that
 * for good.
 */
export type SoFar = { allNew: boolean | undefined; readonly unheld: UnheldLinks };

/** What failed while rows were written, and not while they were read. */
export class WriteFault extends Error {
  constructor(cause: unknown) {
    super('Rows could not be written.', { cause });
    this.name = 'WriteFault';
  }
}

export async function writeChunk(
  context: WriteContext,
  caller: Caller,
  command: ImportCommand,
  opened: Underway,
  soFar: SoFar,
  taker: TurnTaker<Written>,
  chunk: readonly ImportRow[],
): Promise<Written> {
  const { workspace } = context;
  try {
    const catalogue = await context.catalogue();
    const rows = chunk.map((row) => commandOf(catalogue, caller, command, row));
    const items = rows.flatMap(({ item }) => item ?? []);
    const within: Within = { changes: 0, undone: false };
    let written: Written | undefined;
    const locked = async (): Promise<void> => {
      taker.locked();
      // The chunk behind sends for its rows before this one is judged, which takes the whole turn of this process.
      await nextTurnOfEventLoop();
    };
    const turn = async (tx: Transaction, judged: readonly BatchOutcome<number>[]): Promise<void> => {
      const next = judged.values();
      const outcomes = rows.map((row) => outcomeOf(row, row.item === null ? undefined : next.next().value));
      soFar.allNew = soFar.allNew !== false && outcomes.every(({ kind }) => kind === 'created');
      const before = await taker.turn();
      const rowsDone = before.rowsDone + rows.length;
      const after = { rowsDone, counts: addOutcomes(before.counts, outcomes, rowsDone), outcomes };
      sendProgress(tx, workspace, opened, before, after, chunk).then(
        () => taker.holds(after),
        () => {}, // and fails the transaction
      );
      written = after;
    };
    const database = inTurn(context.database, taker, async (tx, work) => {
      within.changes = 0;
      const result = await work(tx);
      if (within.changes > 0) {
        noteImportBatch(tx, workspace, opened.number);
        insertCommit(tx, workspace, clock.now(), within.changes);
      }
      return result;
    });
    if (items.length === 0) {
      taker.locked();
      await database.inWorkspace(workspace, (tx) => turn(tx, []));
    } else {
      const apart = inTurn(context.apart, taker, (tx, work) => work(tx));
      const show = (_set: unknown, row: { readonly number: number }): number => row.number;
      const options = {
        wait: true,
        assumesNew: soFar.allNew === true,
        ...(command.kind === 'links' && { unheld: soFar.unheld }),
        show,
        locked,
        turn,
        within,
      };
      await attemptBatch({ ...context, database, apart }, items, options);
    }
    if (written === undefined) throw new Error('A chunk was not written');
    return written;
  } catch (fault) {
    if (fault instanceof TurnLost) throw fault;
    throw isDivisionByZero(fault) ? new ImportTakenOver() : new WriteFault(publicFault(fault));
  }
}

/** Whatever is done a second time, or apart: the chunk behind must let go of what it holds. */
const inTurn = (
  database: Database,
  taker: TurnTaker<Written>,
  around: <T>(tx: Transaction, work: (tx: Transaction) => Promise<T>) => Promise<T>,
): Database => ({
  ...database,
  inWorkspace: (workspace, work) => {
    taker.begin();
    return database.inWorkspace(workspace, (tx) => around(tx, work));
  },
});

/** Resolves when nobody else can write to the import any more until the transaction ends. Fails the transaction when somebody else did. */
export function sendProgress(
  tx: Transaction,
  workspace: number,
  { number, attempt }: Underway,
  from: Progress,
  to: Written,
  chunk: readonly ImportRow[],
): Promise<void> {
  const rejections = to.outcomes.flatMap((outcome, index) =>
    outcome.kind === 'rejected' ? [{ ...outcome, row: outcome.index, source: chunk[index]?.source ?? '' }] : [],
  );
  const held = advanceImport(tx, workspace, { import: number, attempt }, stored(from), stored(to), clock.now());
  if (rejections.length > 0) insertRejections(tx, workspace, number, rejections);
  return held;
}

const stored = ({ rowsDone, counts }: Progress) => ({ rows_done: rowsDone, counts });

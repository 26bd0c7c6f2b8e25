/**
 * A bulk import: rows are upserted by a match field, or link records, in chunks of one transaction each, by the same rules as single
 * writes. Every row gets an outcome once its chunk is committed. How far the import came is written in the transaction of each chunk,
 * so that one that was cut short, by whatever, goes on after the last row that was done.
 */
import type { ImportCommand, ImportResume, ImportRow } from '../../model/commands.ts';
import { type Guid, guidOf } from '../../model/ids.ts';
import type { ImportState } from '../../model/imports.ts';
import type { Rejected } from '../../model/outcomes.ts';
import type { Caller, StreamedOnce } from '../../model/principal.ts';
import { findImport } from '../../store/imports.ts';
import { Overloaded, Unavailable } from '../hub-errors.ts';
import { type First, onceBegun } from '../once/begun.ts';
import type { WriteContext } from '../write/attempt.ts';
import { inChunks } from './chunk.ts';
import { importsOf, keepAlive } from './lost-imports.ts';
import { refuseImport } from './refuse-import.ts';
import { type Refused, resumeImport } from './resume.ts';
import { Turn } from './turn.ts';
import { closeImport, openImport, type Progress, rethrowPublic, type Underway } from './underway.ts';
import { type SoFar, WriteFault, type Written, writeChunk } from './write-chunk.ts';

/** Chunks at once: one is written, one judged, and the rows of one are read. */
const mostFlying = 3;

export type Import =
  | {
      readonly kind: 'importing';
      readonly id: Guid;
      readonly from: Progress;
      readonly chunks: AsyncIterable<Written>;
    }
  | Refused
  | Rejected;

/** `resume`: goes on with one that was cut short. A request with the same key as one before (`once`) is answered by the import of that. */
export type ImportOptions = { readonly resume?: ImportResume | undefined; readonly once?: StreamedOnce | undefined };

/** @param from the rows of the body that were done already, to be passed over. */
export type RowSource = (from: number) => AsyncIterable<readonly ImportRow[]>;

/** Refused before a row is read when what is named cannot be, or the caller may write no row of it. */
export async function startImport(
  context: WriteContext,
  caller: Caller,
  command: ImportCommand,
  rows: RowSource,
  { resume, once }: ImportOptions = {},
): Promise<Import> {
  const catalogue = await context.catalogue();
  const refused = refuseImport(catalogue, caller, command);
  if (refused) return refused;
  return onceImport(context, caller, once, async (first) => {
    const opened =
      resume === undefined
        ? await openImport(context, caller, command, { first })
        : await resumeImport(context, caller, command, resume, first).catch(rethrowPublic);
    if ('kind' in opened) return opened;
    const { number, rowsDone, counts } = opened;
    const left = rows(rowsDone);
    return {
      kind: 'importing',
      id: guidOf('import', context.workspace, number),
      from: { rowsDone, counts },
      chunks: importRows(context, caller, command, opened, first?.reading(left) ?? left, first),
    };
  });
}

/** Has the import of a repeated request answer it: all of its rows are done. */
export const onceImport = <Outcome>(
  { database, workspace }: WriteContext,
  caller: Caller,
  once: StreamedOnce | undefined,
  begin: (first?: First) => Promise<Outcome>,
): Promise<Outcome | Import> =>
  onceBegun<Outcome | Import>(database, caller, once, importsOf(workspace), {
    begin,
    async recall(number) {
      const row = await database.inWorkspace(workspace, (tx) => findImport(tx, workspace, number));
      if (row === undefined) throw new Error(`Import ${number} is gone`);
      const from = { rowsDone: row.rows_done, counts: row.counts };
      return { kind: 'importing', id: guidOf('import', workspace, number), from, chunks: noChunks() };
    },
  }).catch(rethrowPublic);

export async function* noChunks(): AsyncGenerator<never> {}

async function* importRows(
  context: WriteContext,
  caller: Caller,
  command: ImportCommand,
  opened: Underway,
  rows: AsyncIterable<readonly ImportRow[]>,
  first: First | undefined,
): AsyncGenerator<Written> {
  let last: Turn<Written> | Written = { ...opened, outcomes: [] };
  const flying: Turn<Written>[] = [];
  let end: { state: ImportState; failure: string | null } = { state: 'cut_short', failure: 'The sender went away.' };
  const soFar: SoFar = { allNew: undefined, unheld: { holds: false } };
  const chunks = inChunks(rows);
  const stopTelling = keepAlive(context, opened);
  try {
    let unreadable: { readonly fault: unknown } | undefined;
    const readNext = () => chunks.next().catch((fault: unknown) => ({ fault }));
    for (let coming = readNext(); ; ) {
      const read = await coming;
      if ('fault' in read) unreadable = read;
      if ('fault' in read || read.done) break;
      const chunk = read.value;
      coming = readNext(); // so that it is there when the rows of this one are locked
      last = new Turn<Written>(last, (taker) => writeChunk(context, caller, command, opened, soFar, taker, chunk));
      flying.push(last);
      await last.locked;
      if (flying.length >= mostFlying) yield await nextOf(flying);
    }
    // What was read before the body broke off is written, and told.
    while (flying.length > 0) yield await nextOf(flying);
    if (unreadable !== undefined) throw unreadable.fault;
    end = { state: 'done', failure: null };
  } catch (fault) {
    end = endOf(fault);
    throw fault;
  } finally {
    chunks.return(undefined).catch(() => {}); // not awaited: a sender that stalls would hold up the answer
    await Promise.allSettled(flying.map(({ done }) => done));
    await stopTelling();
    await closeImport(context, opened, end, first);
  }
}

/** It stays among them until it is done: what is under way is waited for, whatever happens. */
async function nextOf(flying: Turn<Written>[]): Promise<Written> {
  const written = await (flying[0] as Turn<Written>).done;
  flying.shift();
  return written;
}

/** A body that cannot be read on, or a server that has too much to do, leaves an import to be gone on with. */
function endOf(fault: unknown): { state: ImportState; failure: string } {
  if (fault instanceof WriteFault && !(fault.cause instanceof Overloaded || fault.cause instanceof Unavailable)) {
    return { state: 'failed', failure: 'Something failed that should not.' };
  }
  const cause = fault instanceof WriteFault ? fault.cause : fault;
  return { state: 'cut_short', failure: cause instanceof Error ? cause.message : 'The body ended early.' };
}

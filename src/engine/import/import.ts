/**
 * A bulk import: rows are upserted by a match field, or link records, in chunks of one transaction each, by the same rules as single
 * writes. Every row gets an outcome once its chunk is committed. How far the import came is written in the transaction of each chunk,
 * so that one that was cut short, by whatever, goes on after the last row that was done.
 */
import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import type { Catalogue } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import type { ImportCommand, ImportResume, ImportRow } from '../../model/commands.ts';
import { type Guid, guidOf } from '../../model/ids.ts';
import type { ImportCounts, ImportOutcome, ImportState } from '../../model/imports.ts';
import type { Rejected } from '../../model/outcomes.ts';
import type { Caller, StreamedOnce } from '../../model/principal.ts';
import { byKey } from '../../model/ref.ts';
import { insertCommit } from '../../store/changes.ts';
import type { Database, Transaction } from '../../store/database.ts';
import { advanceImport, endImport, findImport, insertImport, insertRejections } from '../../store/imports.ts';
import { grantViolations, may } from '../access/grants.ts';
import { noOutcomes } from '../balance.ts';
import { ImportTakenOver, Overloaded, Unavailable } from '../hub-errors.ts';
import { type First, onceBegun } from '../once/begun.ts';
import { attemptBatch, publicFault, type WriteContext } from '../write/attempt.ts';
import { matchFieldViolations, rejected, rejectedFor, unknownLink, unknownRecordType } from '../write/rejected.ts';
import type { BatchOutcome, Within } from '../write/run-batch.ts';
import { commandOf, outcomeOf } from './chunk.ts';
import { addOutcomes } from './counts.ts';
import { importsOf, keepAlive } from './lost-imports.ts';
import { type Refused, resumeImport } from './resume.ts';
import { Turn, TurnLost, type TurnTaker } from './turn.ts';

/** Rows of one transaction. Larger ones gain little and hold their records longer. */
const chunkRows = 1000;
/** Chunks at once: one is written, one judged, and the rows of one are read. */
const mostFlying = 3;

/** Where an import is: what the first `rowsDone` rows of its body did. */
export type Progress = { readonly rowsDone: number; readonly counts: ImportCounts };

export type Import =
  | {
      readonly kind: 'importing';
      readonly id: Guid;
      readonly from: Progress;
      readonly chunks: AsyncIterable<Written>;
    }
  | Refused
  | Rejected;

/** After a chunk. */
type Written = Progress & { readonly outcomes: readonly ImportOutcome[] };

/** An import under way; `attempt` is what lets it write. */
export type Underway = Progress & { readonly number: number; readonly attempt: number };

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

export const refuseImport = (catalogue: Catalogue, caller: Caller, command: ImportCommand): Rejected | undefined =>
  command.kind === 'records' ? refuseRecords(catalogue, caller, command) : refuseLinks(catalogue, caller, command);

function refuseRecords(
  catalogue: Catalogue,
  caller: Caller,
  command: ImportCommand & { kind: 'records' },
): Rejected | undefined {
  const type = catalogue.types.get(command.type);
  if (type === undefined) return rejected(unknownRecordType(catalogue, command.type));
  const misnamed = rejectedFor(matchFieldViolations(type, byKey(command.key, ''), 'record'));
  if (misnamed) return misnamed;
  const { principal } = caller;
  const mayWrite = (['create', 'edit'] as const).some((action) => may(principal, action, type.key));
  return rejectedFor([
    ...(mayWrite ? [] : grantViolations(principal, 'edit', type.key)),
    ...(command.force ? grantViolations(principal, 'force', type.key) : []),
  ]);
}

function refuseLinks(
  catalogue: Catalogue,
  caller: Caller,
  command: ImportCommand & { kind: 'links' },
): Rejected | undefined {
  const link = catalogue.links.get(command.link);
  const left = link && catalogue.types.get(link.left);
  const right = link && catalogue.types.get(link.right);
  if (link === undefined || left === undefined || right === undefined) return unknownLinkType(catalogue, command.link);
  return (
    rejectedFor([
      ...(command.leftKey === null ? [] : matchFieldViolations(left, byKey(command.leftKey, ''), 'from')),
      ...(command.rightKey === null ? [] : matchFieldViolations(right, byKey(command.rightKey, ''), 'to')),
    ]) ??
    rejectedFor([
      ...grantViolations(caller.principal, `attach:${link.right}`, link.left),
      ...(command.force ? grantViolations(caller.principal, 'force', link.left) : []),
    ])
  );
}

/** Of `claim.contact`, what claim has is said; of a name without a point or type, that there is no such type. */
export function unknownLinkType(catalogue: Catalogue, key: string): Rejected {
  const [typeKey = '', ...rest] = key.split('.');
  const type = catalogue.types.get(typeKey);
  return rejected(type === undefined ? unknownRecordType(catalogue, typeKey) : unknownLink(type, rest.join('.')));
}

function rethrowPublic(fault: unknown): never {
  throw publicFault(fault);
}

export async function openImport(
  context: WriteContext,
  caller: Caller,
  command: ImportCommand,
  { plan = null, first }: { readonly plan?: string | null; readonly first?: First | undefined },
): Promise<Underway> {
  const { principal, via, requestId: request } = caller;
  const row = { command, counts: noOutcomes, principal_id: principal.id, via, request, started_at: clock.now(), plan };
  const number = await context.database
    .inWorkspace(context.workspace, async (tx) => {
      const made = await insertImport(tx, context.workspace, row);
      await first?.begin(tx, made);
      return made;
    })
    .catch(rethrowPublic);
  return { number, attempt: 1, rowsDone: 0, counts: noOutcomes };
}

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
      last = new Turn<Written>(last, (taker) => writeChunk(context, caller, command, opened, taker, chunk));
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

/** What failed while rows were written, and not while they were read. */
export class WriteFault extends Error {
  constructor(cause: unknown) {
    super('Rows could not be written.', { cause });
    this.name = 'WriteFault';
  }
}

export async function closeImport(
  context: WriteContext,
  { number, attempt }: Underway,
  end: { state: ImportState; failure: string | null },
  first?: First,
): Promise<void> {
  const ended = { import: number, attempt, finished_at: clock.now(), ...end };
  const closing = context.database.inWorkspace(context.workspace, async (tx) => {
    await endImport(tx, context.workspace, ended);
    if (end.state === 'done') first?.end(tx, number);
    else first?.forget(tx, number);
  });
  // Where the database is away, the import stays as if it were receiving: how far it came is right all the same.
  if (end.state === 'done') await closing.catch(rethrowPublic);
  else await closing.catch(() => {});
}

export async function* inChunks(
  rows: AsyncIterable<readonly ImportRow[]>,
): AsyncGenerator<readonly ImportRow[], undefined> {
  let chunk: ImportRow[] = [];
  for await (const some of rows) {
    for (const row of some) {
      chunk.push(row);
      if (chunk.length < chunkRows) continue;
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}

async function writeChunk(
  context: WriteContext,
  caller: Caller,
  command: ImportCommand,
  opened: Underway,
  taker: TurnTaker<Written>,
  chunk: readonly ImportRow[],
): Promise<Written> {
  try {
    const catalogue = await context.catalogue();
    const rows = chunk.map((row) => commandOf(catalogue, caller, command, row));
    const items = rows.flatMap(({ item }) => item ?? []);
    let before: Written | undefined;
    let written: Written | undefined;
    const turn = async (): Promise<void> => {
      before = await taker.turn();
    };
    const locked = async (): Promise<void> => {
      taker.locked();
      // The chunk behind sends for its rows before this one is judged, which takes the whole turn of this process.
      await nextTurnOfEventLoop();
    };
    const within: Within = { changes: 0, undone: false };
    const record = async (tx: Transaction, judged: readonly BatchOutcome<number>[]): Promise<void> => {
      if (before === undefined) throw new Error('A chunk was written out of its turn');
      const next = judged.values();
      const outcomes = rows.map((row) => outcomeOf(row, row.item === null ? undefined : next.next().value));
      const rowsDone = before.rowsDone + rows.length;
      written = { rowsDone, counts: addOutcomes(before.counts, outcomes, rowsDone), outcomes };
      await recordChunk(tx, context.workspace, opened, written, chunk, within.changes);
      if (within.changes > 0) insertCommit(tx, context.workspace, clock.now(), within.changes);
    };
    if (items.length === 0) {
      taker.locked();
      await turn();
      await context.database.inWorkspace(context.workspace, (tx) => record(tx, []));
    } else {
      const recording = {
        ...context,
        database: alsoRecording(context.database, taker, within, record),
        apart: beginningAgain(context.apart, taker),
      };
      await attemptBatch(recording, items, { wait: true, show: (_set, row) => row.number, locked, turn, within });
    }
    if (written === undefined) throw new Error('A chunk was not written');
    return written;
  } catch (fault) {
    const isOwn = fault instanceof ImportTakenOver || fault instanceof TurnLost || fault instanceof WriteFault;
    throw isOwn ? fault : new WriteFault(publicFault(fault));
  }
}

/** The chunk behind must let go of what it holds, too, before anything is done apart. */
const beginningAgain = (database: Database, taker: TurnTaker<Written>): Database => ({
  ...database,
  inWorkspace: (workspace, work) => {
    taker.begin();
    return database.inWorkspace(workspace, work);
  },
});

/** Has each attempt at a batch write in its transaction, after all else, what it did to the import. */
const alsoRecording = (
  database: Database,
  taker: TurnTaker<Written>,
  within: Within,
  record: (tx: Transaction, judged: readonly BatchOutcome<number>[]) => Promise<void>,
): Database => ({
  ...database,
  inWorkspace: (workspace, work) => {
    taker.begin();
    return database.inWorkspace(workspace, async (tx) => {
      within.changes = 0;
      const judged = await work(tx);
      await record(tx, judged as readonly BatchOutcome<number>[]);
      return judged;
    });
  },
});

export async function recordChunk(
  tx: Transaction,
  workspace: number,
  { number, attempt }: Underway,
  { rowsDone, counts, outcomes }: Written,
  chunk: readonly ImportRow[],
  changes: number,
): Promise<void> {
  const rejections = outcomes.flatMap((outcome, index) =>
    outcome.kind === 'rejected' ? [{ ...outcome, row: outcome.index, source: chunk[index]?.source ?? '' }] : [],
  );
  const at = { import: number, attempt, rows_done: rowsDone, counts };
  const advanced = advanceImport(tx, workspace, at, changes, clock.now());
  if (rejections.length > 0) await insertRejections(tx, workspace, number, rejections);
  if (!(await advanced)) throw new ImportTakenOver();
}

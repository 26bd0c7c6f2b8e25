/**
 * Plans of imports. Unlike an import, a plan and what is done by it are one transaction: all that was planned, or nothing. What a plan
 * writes is undone; see plan-write.ts.
 */
import type { Catalogue } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import type { ImportCommand, ImportRow } from '../../model/commands.ts';
import { guidOf } from '../../model/ids.ts';
import type { ImportCounts, ImportOutcome, RowViolation } from '../../model/imports.ts';
import type { Rejected } from '../../model/outcomes.ts';
import type { PlanItem, PlanOutcome, PlanRefused } from '../../model/plan.ts';
import type { Caller, StreamedOnce } from '../../model/principal.ts';
import { shorten } from '../../model/text.ts';
import { insertCommit } from '../../store/changes/changes.ts';
import { endImport, holdImport, noteImportBatch } from '../../store/imports.ts';
import { mayIdle, type Transaction, waitLongerForLocks } from '../../store/postgres/database.ts';
import { noOutcomes } from '../balance.ts';
import { Overloaded } from '../hub-errors.ts';
import { commandOf, inChunks, outcomeOf } from '../import/chunk.ts';
import { addOutcomes } from '../import/counts.ts';
import { type Import, noChunks, onceImport, type RowSource } from '../import/import.ts';
import { refuseImport } from '../import/refuse-import.ts';
import { closeImport, openImport, type Underway } from '../import/underway.ts';
import { sendProgress } from '../import/write-chunk.ts';
import type { First } from '../once/begun.ts';
import { NumberSet } from '../sync/known/number-set.ts';
import { markLinkTypes, type WriteContext } from '../write/attempt.ts';
import { UnmarkedLinkTypes } from '../write/pending/pending.ts';
import { runBatch, StaleCatalogue, type Within } from '../write/run-batch.ts';
import { BodyHash } from './body-hash.ts';
import { collectChanges } from './collect.ts';
import { type Asked, type Found, keepPlan, PlanNotMet, planView, TakenPlan } from './kept-plan.ts';
import { PlanItems } from './plan-items.ts';
import { issueOf } from './plan-write.ts';

/** It holds the records of all rows that came: a sender that is too slow to fill a chunk must let go of them. One that stalls is cut off before. */
const idleSeconds = 60;
const lockSeconds = 10;

export async function planImport(
  context: WriteContext,
  caller: Caller,
  command: ImportCommand,
  rows: RowSource,
): Promise<PlanOutcome> {
  const catalogue = await context.catalogue();
  const refused = refuseImport(catalogue, caller, command);
  if (refused) return refused;
  const { found, body } = await inOne(context, catalogue, async (tx) => {
    const within = { changes: 0, undone: true };
    throw new Undone(await writeRows(context, tx, catalogue, caller, command, rows, within));
  }).catch((fault: unknown) => {
    if (fault instanceof Undone) return fault.written;
    throw fault;
  });
  return context.database.inWorkspace(context.workspace, async (tx): Promise<PlanOutcome> => {
    const row = await keepPlan(tx, catalogue, caller, { ...callOf(command), body: body.end() }, found);
    return { kind: 'planned', plan: planView(caller.principal, row, found.items.kept) };
  });
}

export async function applyImportByPlan(
  context: WriteContext,
  caller: Caller,
  command: ImportCommand,
  rows: RowSource,
  plan: string,
  once?: StreamedOnce,
): Promise<Import | Rejected | PlanRefused> {
  const catalogue = await context.catalogue();
  const refused = refuseImport(catalogue, caller, command);
  if (refused) return refused;
  return onceImport<Import | PlanRefused>(context, caller, once, (first) =>
    applyOnce(context, catalogue, caller, command, rows, plan, first),
  );
}

async function applyOnce(
  context: WriteContext,
  catalogue: Catalogue,
  caller: Caller,
  command: ImportCommand,
  rows: RowSource,
  plan: string,
  first: First | undefined,
): Promise<Import | PlanRefused> {
  const asked = callOf(command);
  let opened: Underway | undefined;
  try {
    await context.database.inWorkspace(context.workspace, (tx) => TakenPlan.take(tx, catalogue, caller, plan, asked));
    const underway = await openImport(context, caller, command, { plan, first });
    opened = underway;
    const done = await inOne(context, catalogue, async (tx) => {
      await holdImport(tx, context.workspace, underway.number);
      const taken = await TakenPlan.take(tx, catalogue, caller, plan, asked);
      const within = { changes: 0, undone: false };
      const reading: RowSource = (from) => first?.reading(rows(from)) ?? rows(from);
      const written = await writeRows(context, tx, catalogue, caller, command, reading, within, underway);
      taken.checkBody(written.body.end());
      await taken.settle(tx, catalogue, written.found);
      const now = clock.now();
      const { number, attempt } = underway;
      // With what it wrote: an import by a plan that is not done has written nothing.
      const end = { import: number, attempt, state: 'done', failure: null, finished_at: now } as const;
      await endImport(tx, context.workspace, end);
      first?.end(tx, number);
      if (within.changes > 0) insertCommit(tx, catalogue.workspace, now, within.changes);
      return written;
    });
    const from = { rowsDone: done.counts.received, counts: done.counts };
    return { kind: 'importing', id: guidOf('import', context.workspace, underway.number), from, chunks: noChunks() };
  } catch (fault) {
    const failure = fault instanceof PlanNotMet ? fault.message : 'Nothing of it was written.';
    if (opened !== undefined) await closeImport(context, opened, { state: 'failed', failure }, first);
    if (fault instanceof PlanNotMet) return fault.refused;
    throw fault;
  }
}

/** Rows cannot be read twice: what another transaction gets in the way of is to be sent again. */
async function inOne<Result>(
  context: WriteContext,
  catalogue: Catalogue,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  try {
    return await context.database.inWorkspace(catalogue.workspace, (tx) => {
      waitLongerForLocks(tx, lockSeconds);
      mayIdle(tx, idleSeconds);
      return work(tx);
    });
  } catch (fault) {
    if (fault instanceof StaleCatalogue) context.staleCatalogue();
    if (fault instanceof UnmarkedLinkTypes) await markLinkTypes(context, fault.linkTypes);
    if (fault instanceof StaleCatalogue || fault instanceof UnmarkedLinkTypes) throw new Overloaded(1);
    throw fault instanceof UnreadableRows ? fault.cause : fault;
  }
}

type Written = { readonly found: Found; readonly counts: ImportCounts; readonly body: BodyHash };

class Undone extends Error {
  readonly written: Written;
  constructor(written: Written) {
    super('A plan is not to be written');
    this.written = written;
  }
}

/** Thrown through the transaction in place of what the reader of the body threw, which might be taken for a fault of the database. */
class UnreadableRows extends Error {}

async function* readable(rows: AsyncIterable<readonly ImportRow[]>): AsyncGenerator<readonly ImportRow[]> {
  try {
    yield* rows;
  } catch (cause) {
    throw new UnreadableRows('The body could not be read to its end.', { cause });
  }
}

async function writeRows(
  context: WriteContext,
  tx: Transaction,
  catalogue: Catalogue,
  caller: Caller,
  command: ImportCommand,
  rows: RowSource,
  within: Within,
  opened?: Underway,
): Promise<Written> {
  const items = new PlanItems();
  const body = new BodyHash();
  // Of a plan: the numbers of records that will never be.
  const made = new NumberSet();
  let counts = noOutcomes;
  for await (const chunk of inChunks(readable(rows(0)))) {
    for (const { source } of chunk) body.add(source);
    const judged = chunk.map((row) => commandOf(catalogue, caller, command, row));
    const writes = judged.flatMap(({ item }) => item ?? []);
    const options = { wait: true, show: (_set: unknown, row: { number: number }) => row.number, within };
    const done = (writes.length === 0 ? [] : await runBatch(tx, catalogue, context.numbers, writes, options)).values();
    const outcomes = judged.map((row) => outcomeOf(row, row.item === null ? undefined : done.next().value));
    const before = { rowsDone: counts.received, counts };
    const rowsDone = counts.received + chunk.length;
    counts = addOutcomes(counts, outcomes, rowsDone);
    if (within.undone && command.kind === 'records')
      for (const outcome of outcomes)
        if (outcome.kind === 'created' && outcome.written !== null) made.add(outcome.written);
    for (const outcome of outcomes) for (const item of itemOf(catalogue, command, outcome, made)) items.add(item);
    if (opened !== undefined) {
      await sendProgress(tx, context.workspace, opened, before, { rowsDone, counts, outcomes }, chunk);
      if (within.changes > 0) noteImportBatch(tx, context.workspace, opened.number);
    }
  }
  const namedBy = command.kind === 'records' ? { type: command.type, field: command.key } : null;
  await collectChanges(tx, { catalogue, items, namedBy }, within.changes);
  return { found: { items, counts: { ...counts, deleted: 0 } }, counts, body };
}

/** What a row does that is no change: it is rejected, or its link waits. */
function itemOf(catalogue: Catalogue, command: ImportCommand, outcome: ImportOutcome, made: NumberSet): PlanItem[] {
  if (outcome.kind !== 'rejected' && outcome.kind !== 'deferred') return [];
  const type = command.kind === 'records' ? command.type : (catalogue.links.get(command.link)?.left ?? command.link);
  const { key, index: row } = outcome;
  const nothing = { type, key, record: null, version: null, row, fields: [], link: null, forced: [] };
  return outcome.kind === 'rejected'
    ? [{ ...nothing, action: 'reject', issues: outcome.violations.map((one) => issueOf(asPlanned(one, made))) }]
    : [{ ...nothing, action: 'defer', issues: [] }];
}

/** What another row of the same body makes is not named by the number of a record that will never be. */
function asPlanned(violation: RowViolation, made: NumberSet): RowViolation {
  if (!('holder' in violation) || !made.has(violation.holder.number)) return violation;
  const what = violation.code === 'key_taken' ? `${violation.field} ${shorten(violation.value, 100)}` : 'The record';
  return { ...violation, message: `${what} is made by another row of the same body already.` };
}

const callOf = (command: ImportCommand): Omit<Asked, 'body'> => ({ kind: 'import', call: JSON.stringify(command) });

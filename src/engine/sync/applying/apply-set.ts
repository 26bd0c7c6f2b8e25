/** Applies a complete set in the transaction of its run, which has the interface to itself: while its body arrives, or from the queue. */

import { clock } from '../../../model/clock.ts';
import type { ElementSource } from '../../../model/commands.ts';
import { parseDuration } from '../../../model/duration.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import {
  forgetHeldDeletes,
  noteHeldEnd,
  overtakeHeldDeletes,
  readHoldingRuns,
} from '../../../store/sync/held-deletes.ts';
import { insertIssues, type PlacedIssue } from '../../../store/sync/issues.ts';
import { noteApplied } from '../../../store/sync/overdue.ts';
import { insertElements } from '../../../store/sync/run-elements.ts';
import { noteScope, type RunRow } from '../../../store/sync/runs.ts';
import { noCounts } from '../../balance.ts';
import { holdCatalogue } from '../../write/run-batch.ts';
import { heldUntil } from '../holding/guard.ts';
import { ComesToSomethingElse, HeldWhole, holdWhole } from '../holding/hold-run.ts';
import { ElementHasher } from '../known/element-hash.ts';
import { KnownSoFar } from '../known/known-so-far.ts';
import { supersede, supersedeQueued } from '../queue/supersede.ts';
import { receive } from '../receiving/receive.ts';
import { UnknownElements } from '../receiving/unknown-elements.ts';
import { RunEnds } from '../runs/run-ends.ts';
import { endState } from '../runs/run-view.ts';
import type { Progress } from '../runs/under-way.ts';
import { Application, type Applied, type RunContext } from './apply.ts';
import { untilNoRaceIsLost } from './races.ts';
import { areDisjoint } from './scope.ts';
import { digestOfRecords } from './seen-records.ts';
import { newerSet, noteSet, supersededIssue } from './set-stamp.ts';

/** @param secret that of the server. */
export async function applySet(
  tx: Transaction,
  context: RunContext,
  source: ElementSource,
  progress: Progress,
  secret: string,
): Promise<RunRow> {
  const { applied, isStale } = await writeSet(tx, context, source, progress, secret);
  if (applied instanceof HeldWhole) return endHeld(tx, context, applied);
  if (isStale) return endStale(tx, context, applied);
  if (source.stamp !== undefined) noteSet(tx, context, source.stamp);
  return finish(tx, context, applied, source);
}

/** All but what the run says of itself at its end. `isStale`: a set of a later time was applied before, and nothing is written. */
export async function writeSet(
  tx: Transaction,
  context: RunContext,
  source: ElementSource,
  progress: Progress,
  secret: string,
): Promise<{ readonly applied: Applied | HeldWhole; readonly isStale: boolean }> {
  const { catalogue, on, scope, run } = context;
  const { workspace } = catalogue;
  // That the set was held stays told when it is approved.
  let issues = context.approved === undefined ? 0 : 1;
  const newer = source.stamp && (await newerSet(tx, context, source.stamp));
  if (source.stamp !== undefined && newer !== undefined) {
    const issue = supersededIssue(source.stamp, newer);
    const applied = await supersedeStale(tx, context, source, progress, issue, issues);
    return { applied, isStale: true };
  }
  const hasher = new ElementHasher(secret, {
    format: source.format,
    schemaVersion: catalogue.version,
    workspace,
    interface: on.id,
    ...(scope.isEverything ? {} : { scope: scope.conditions }),
  });
  if (!scope.isEverything) noteScope(tx, workspace, run, scope.words);
  const unknown = new UnknownElements(tx, workspace, run);
  const known = KnownSoFar.begin(tx, workspace, on.id);
  const received = await receive(source, progress, known, hasher, unknown, on.duplicates, (found) => {
    insertIssues(tx, workspace, run, issues, found.issues);
    insertElements(tx, workspace, run, found.elements);
    issues += found.issues.length;
  });
  const waitedFor = await holdCatalogue(tx, catalogue);
  const mayHoldAll = on.guard.onTrip === 'hold_run' && context.planned === undefined;
  const records =
    mayHoldAll || context.approved !== undefined ? await digestOfRecords(tx, context, source, unknown) : '';
  if (context.approved !== undefined && context.approved.records !== records)
    throw new ComesToSomethingElse('its records were changed');
  const applied = await untilNoRaceIsLost(tx, () => {
    const application = new Application(tx, context, source, received, issues, waitedFor);
    progress.counts = application.counts;
    return application.apply(unknown);
  }).catch((fault) => heldWhole(fault, records));
  unknown.forget();
  return { applied, isStale: false };
}

/** Its body is read to the end all the same: what was received is to be accounted for. */
async function supersedeStale(
  tx: Transaction,
  { catalogue, run, planned }: RunContext,
  source: ElementSource,
  progress: Progress,
  issue: PlacedIssue,
  issues: number,
): Promise<Applied> {
  for await (const elements of source.elements) progress.received += elements.length;
  const { received } = progress;
  const counts = { ...noCounts, received, superseded: received };
  const applied = { counts, issues: issues + 1, changes: 0, heldDeletes: 0 };
  await tx.attempt(async () => {
    insertIssues(tx, catalogue.workspace, run, issues, [issue]);
    await planned?.begin(tx);
    planned?.noteIssues([issue]);
    await planned?.settle(tx, applied);
  });
  return applied;
}

async function endStale(tx: Transaction, { catalogue, run }: RunContext, { counts, issues }: Applied): Promise<RunRow> {
  const ends = new RunEnds(tx, catalogue.workspace);
  const finishedAt = clock.now();
  const row = await ends.end({ run, state: 'superseded', counts, issues, finished_at: finishedAt });
  ends.commit(finishedAt);
  return row;
}

async function endHeld(tx: Transaction, context: RunContext, held: HeldWhole): Promise<RunRow> {
  const ends = new RunEnds(tx, context.catalogue.workspace);
  await overtake(tx, context, ends);
  const row = await holdWhole(tx, context, held, ends);
  ends.commit(clock.now());
  return row;
}

async function finish(
  tx: Transaction,
  context: RunContext,
  applied: Applied,
  { format, stamp }: ElementSource,
): Promise<RunRow> {
  const { catalogue, on, scope, run, approved } = context;
  const { workspace } = catalogue;
  const { counts, issues, changes, heldDeletes } = applied;
  const open = approved === undefined ? issues : issues - 1;
  const finishedAt = clock.now();
  const overdueAfterMs = parseDuration(on.overdueAfter);
  if (overdueAfterMs !== undefined) noteApplied(tx, workspace, on.id, finishedAt, overdueAfterMs);
  const ends = new RunEnds(tx, workspace, changes);
  await overtake(tx, context, ends);
  await supersedeQueued(tx, catalogue, on, { run, scope: scope.words, stamp: stamp ?? null }, ends);
  const finished = {
    run,
    state: heldDeletes > 0 ? 'held' : endState({ counts, issues: open }),
    counts,
    issues,
    finished_at: finishedAt,
    format,
    ...(heldDeletes > 0 && { held_deletes: heldDeletes, held_until: heldUntil(finishedAt) }),
  } as const;
  const row = await ends.end(finished, changes);
  ends.commit(finishedAt);
  return row;
}

function heldWhole(fault: unknown, records: string): HeldWhole {
  if (!(fault instanceof HeldWhole)) throw fault;
  fault.records = records;
  return fault;
}

/** What older sets hold is said anew by this one, unless they are of other records. */
async function overtake(tx: Transaction, context: RunContext, ends: RunEnds): Promise<void> {
  const { catalogue, on, type, scope, run } = context;
  const { workspace } = catalogue;
  const holding = await readHoldingRuns(tx, workspace, on.id, run);
  const overtaken = holding.filter((one) => !areDisjoint(type, one.scope, scope.words));
  const [whole, partly] = [overtaken.filter(isWhole), overtaken.filter((one) => !isWhole(one))];
  const at = clock.now();
  if (partly.length > 0) {
    const runs = partly.map((one) => one.run);
    for (const ended of await overtakeHeldDeletes(tx, workspace, runs, run, at)) ends.tell(ended);
  }
  for (const one of whole) {
    await noteHeldEnd(tx, workspace, one.run, { outcome: 'overtaken', run, at });
    await supersede(tx, catalogue, one, run, ends);
    forgetHeldDeletes(tx, workspace, one.run);
  }
}

const isWhole = ({ held_whole: whole }: Pick<RunRow, 'held_whole'>): boolean => whole !== null;

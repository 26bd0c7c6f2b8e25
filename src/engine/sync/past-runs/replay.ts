/**
 * Applies elements of a run again that it rejected, or as somebody has mended them. A replay is a run of its own, in one transaction; it is
 * no complete set, so that it deletes nothing and supersedes nothing, and what it applies is judged anew by the next set (ADR 0021). A plan
 * is the same, undone (plan-replay.ts).
 */
import type { Interface } from '../../../model/catalogue.ts';
import { clock } from '../../../model/clock.ts';
import type { ElementSource, ReplayCommand, SetReaders } from '../../../model/commands.ts';
import type { Caller } from '../../../model/principal.ts';
import type { IssueView, ReplayOutcome } from '../../../model/runs.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { readIssues } from '../../../store/sync/issues.ts';
import { markResolved } from '../../../store/sync/run-elements.ts';
import { insertRun, type RunRow } from '../../../store/sync/runs.ts';
import type { Access } from '../../access/access.ts';
import { callViolations } from '../../access/grants.ts';
import { noCounts } from '../../balance.ts';
import { rejectedFor } from '../../write/judging/rejected.ts';
import { Application, type Applied, type PlannedRun, type RunContext } from '../applying/apply.ts';
import { resolveScope } from '../applying/scope.ts';
import { KnownElements } from '../known/known-elements.ts';
import { NumberSet } from '../known/number-set.ts';
import { findApplied } from '../queue/supersede.ts';
import { readable } from '../queue/take-up.ts';
import { MalformedSet } from '../receiving/malformed-set.ts';
import { RefusedSet } from '../receiving/refused-set.ts';
import { UnreadableSet } from '../runs/fail-run.ts';
import { issueView } from '../runs/issue-view.ts';
import { RunEnds } from '../runs/run-ends.ts';
import { endState, runView } from '../runs/run-view.ts';
import { atRun, type RunAt, type RunsContext } from './at-run.ts';
import { findReplayed, type Replayed } from './replayed.ts';

/** Of its issues an answer lists as many. */
export const mostListed = 1_000;

export type ReplayContext = RunsContext & { readonly access: Access; readonly readers: SetReaders };

/** Thrown through the transaction, where nothing is to be written. */
class Refused extends Error {
  readonly outcome: ReplayOutcome;
  constructor(outcome: ReplayOutcome) {
    super('Nothing is to be written');
    this.outcome = outcome;
  }
}

/** What looks on, of a replay that is planned or done by a plan. @param of the run that is replayed. */
type Watch = (at: RunContext, of: number) => PlannedRun;

export async function replay(
  context: ReplayContext,
  caller: Caller,
  run: string,
  command: ReplayCommand,
  watch?: Watch,
): Promise<ReplayOutcome> {
  const isAllowed = async (on: Interface): Promise<boolean> => {
    if (on.direction !== 'synchronising') return false;
    const ungranted = rejectedFor(callViolations(caller.principal, on));
    if (ungranted) throw new Refused(ungranted);
    return context.access.mayCall(caller.principal, on);
  };
  try {
    return await atRun<ReplayOutcome>(
      context,
      caller,
      run,
      async (tx, at) => {
        const refused = await whyNot(tx, at, command);
        if (refused !== undefined) return refused;
        const elements = await findReplayed(tx, context.readers, at, command);
        if ('kind' in elements) return elements;
        const { applied, row, issues } = await apply(tx, context, at, elements, watch);
        const run = runView(at.context.catalogue, at.on.endpoint, row);
        return { kind: 'replayed', run, counts: applied.counts, issues };
      },
      isAllowed,
    );
  } catch (fault) {
    if (fault instanceof Refused) return fault.outcome;
    return outcomeOf(fault, command);
  }
}

async function whyNot(
  tx: Transaction,
  at: RunAt & { context: RunContext },
  command: ReplayCommand,
): Promise<ReplayOutcome | undefined> {
  const { row, type, context } = at;
  const refused = (message: string, remedy: string): ReplayOutcome => ({ kind: 'refused', message, remedy });
  if (row.replays !== null)
    return refused(`It is itself a replay, of run ${row.replays}.`, 'Replay the elements of that run.');
  const isApplied = row.state === 'applied' || row.state === 'partial' || row.state === 'held';
  if (!isApplied || row.reverts !== null || (row.state === 'held' && row.held_whole !== null))
    return refused(`The run is ${row.reverts === null ? row.state : 'a revert'}.`, 'Send the set again.');
  if (isMended(command)) return undefined;
  const newer = await findApplied(tx, context.catalogue.workspace, type, row);
  if (newer === undefined) return undefined;
  return refused(
    `A newer set was applied since, by run ${newer}: what was sent before it would bring old values back.`,
    'Replay the elements of that run, or send each element in the body as it shall be now.',
  );
}

const isMended = (command: ReplayCommand): boolean =>
  command.kind === 'mended' || (command.kind === 'element' && command.mended !== null);

async function apply(
  tx: Transaction,
  { readers }: ReplayContext,
  { row, on, type, context, waitedFor }: RunAt & { context: RunContext; waitedFor: ReadonlySet<number> },
  { format, stamp, count, elements }: Replayed,
  watch: Watch | undefined,
): Promise<{ readonly applied: Applied; readonly row: RunRow; readonly issues: readonly IssueView[] }> {
  const { catalogue, caller } = context;
  const { workspace } = catalogue;
  const reader = readers[format]?.({ catalogue, interface: on, type });
  if (reader === undefined) throw new UnreadableSet(`This server cannot read ${format}.`);
  const scope = await resolveScope(tx, context, row.scope ?? {});
  const at = clock.now();
  const asked = { principal_id: caller.principal.id, via: caller.via, request: caller.requestId };
  const begun = { interface: on.id, counts: noCounts, received_at: at, started_at: at, replays: row.run, ...asked };
  const run = await insertRun(tx, workspace, begun);
  const source: ElementSource = { ...readable(reader), format, stamp, elements: none() };
  const received = { ...nothingKnown(), counts: { received: count, unchanged: 0, superseded: 0, rejected: 0 } };
  const own = { ...context, scope, run, replays: row.run };
  const planned = watch?.(own, row.run);
  const replaying = { ...own, ...(planned && { planned }) };
  const applied = await new Application(tx, replaying, source, received, 0, waitedFor).apply(elements);
  const { counts, issues, changes } = applied;
  const ends = new RunEnds(tx, workspace, changes);
  const finishedAt = clock.now();
  const ended = await ends.end(
    { run, state: endState(applied), counts, issues, finished_at: finishedAt, format },
    changes,
  );
  markResolved(tx, workspace, row.run, run);
  const listed = await readIssues(tx, workspace, run, anyIssue, { after: [-1, -1], limit: mostListed });
  ends.commit(finishedAt);
  return { applied, row: ended, issues: listed.map((issue) => issueView(catalogue, type.key, issue)) };
}

const anyIssue = { severity: null, code: null, key: null, member: null, resolved: null, heldIsOver: false };

/** Nothing is known of what the interface supplied, and so nothing is missing. */
const nothingKnown = () => ({ known: new KnownElements(), passedOver: new NumberSet(), rejected: new NumberSet() });

async function* none(): AsyncGenerator<never> {}

/** Whoever mended an element is told which row is wrong; of one as it was sent, the schema is to blame. */
function outcomeOf(fault: unknown, command: ReplayCommand): ReplayOutcome {
  if (fault instanceof RefusedSet)
    return { kind: 'refused', message: fault.message, remedy: 'Send the set again, by the schema as it is now.' };
  if (fault instanceof MalformedSet && isMended(command)) return { kind: 'malformed', faults: fault.faults };
  if (!(fault instanceof MalformedSet || fault instanceof UnreadableSet)) throw fault;
  const why = fault instanceof MalformedSet ? fault.inWords : fault.message;
  return {
    kind: 'refused',
    message: `By the schema as it is now an element cannot be read: ${why}`,
    remedy: 'Send the element in the body, as a row.',
  };
}

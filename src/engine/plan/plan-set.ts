/**
 * Plans of complete sets. A plan is a run that is undone when all of it is written, but for its counts and issues; a run by a plan is
 * one that commits only what the plan showed.
 */
import { clock } from '../../model/clock.ts';
import type { SetSource } from '../../model/commands.ts';
import type { PlanOutcome, PlanRefused } from '../../model/plan.ts';
import type { Caller, StreamedOnce } from '../../model/principal.ts';
import type { SyncOutcome } from '../../model/runs.ts';
import { drawRun, insertPlannedRun } from '../../store/plans.ts';
import { mayIdle, type Transaction, waitLongerForLocks } from '../../store/postgres/database.ts';
import { readSchemaVersion } from '../../store/schemas.ts';
import { insertIssues } from '../../store/sync/issues.ts';
import { forgetElementsOf } from '../../store/sync/run-elements.ts';
import { findRun, lockInterface, noteScope } from '../../store/sync/runs.ts';
import { deleteStaged } from '../../store/sync/staging.ts';
import { checkBalance } from '../balance.ts';
import type { First } from '../once/begun.ts';
import type { RunContext } from '../sync/applying/apply.ts';
import { writeSet } from '../sync/applying/apply-set.ts';
import { resolveScope } from '../sync/applying/scope.ts';
import { admitStamp } from '../sync/applying/set-stamp.ts';
import { readingSet } from '../sync/receiving/reading-set.ts';
import { runView } from '../sync/runs/run-view.ts';
import { admit, checkFormat, type OpenSet, onceRun, type SyncContext, setRefusal, submit } from '../sync/sync.ts';
import { StaleCatalogue } from '../write/run-batch.ts';
import { BodyHash } from './body-hash.ts';
import { type FoundInSet, FoundSet } from './found-set.ts';
import { keepPlan, PlanNotMet, planView, TakenPlan } from './kept-plan.ts';

const maxAttempts = 5;
/** Longer than any body may take to arrive. */
const idleSeconds = 1_000;
const lockSeconds = 60;

type Refused = Exclude<SyncOutcome, { kind: 'done' }>;
export type SetPlanOutcome = Exclude<PlanOutcome, { kind: 'rejected' }> | Refused;

const callOf = (endpoint: string): string => JSON.stringify({ kind: 'set', endpoint });

export async function planSet(
  context: SyncContext,
  caller: Caller,
  endpoint: string,
  open: OpenSet,
): Promise<SetPlanOutcome> {
  const known = await admit(context, caller, endpoint);
  if ('kind' in known) return known as Refused;
  const leave = await context.gate.enterToApply(known.catalogue.workspace);
  try {
    for (let attempt = 1; ; attempt++) {
      const admitted = await admit(context, caller, endpoint);
      if ('kind' in admitted) return admitted as Refused;
      const plan = new SetPlan(context, caller, admitted);
      try {
        return await plan.make(open);
      } catch (fault) {
        if (fault instanceof StaleCatalogue) context.staleCatalogue();
        if (fault instanceof StaleCatalogue && !plan.isReading && attempt < maxAttempts) continue;
        const refused = setRefusal(fault);
        if (refused === undefined) throw fault;
        return refused;
      }
    }
  } finally {
    leave();
    context.queue.tryNow(known.catalogue.workspace, known.on.id); // whatever came meanwhile was queued
  }
}

/** Thrown through the part of the transaction that is to be undone. */
class Planned extends Error {
  readonly found: FoundInSet;
  constructor(found: FoundInSet) {
    super('A plan is not to be written');
    this.found = found;
  }
}

class SetPlan {
  readonly #context: SyncContext;
  readonly #caller: Caller;
  readonly #admitted: Pick<RunContext, 'catalogue' | 'on' | 'type'>;
  readonly #receivedAt = clock.now();
  isReading = false;

  constructor(context: SyncContext, caller: Caller, admitted: Pick<RunContext, 'catalogue' | 'on' | 'type'>) {
    this.#context = context;
    this.#caller = caller;
    this.#admitted = admitted;
  }

  make(open: OpenSet): Promise<SetPlanOutcome> {
    const { catalogue, on, type } = this.#admitted;
    return this.#context.database.inWorkspace(catalogue.workspace, async (tx): Promise<SetPlanOutcome> => {
      waitLongerForLocks(tx, lockSeconds);
      mayIdle(tx, idleSeconds);
      await lockInterface(tx, catalogue.workspace, on.id);
      if ((await readSchemaVersion(tx, catalogue.workspace)) !== catalogue.version) throw new StaleCatalogue();
      const run = await drawRun(tx);
      this.isReading = true;
      const body = new BodyHash();
      return readingSet(body.of(open({ catalogue, interface: on, type })), async (source) => {
        checkFormat(on, source);
        const scope = await resolveScope(tx, this.#admitted, source.scope);
        const context = { ...this.#admitted, caller: this.#caller, scope, run };
        if (source.stamp !== undefined) admitStamp(tx, context, source.stamp);
        return this.#keep(tx, context, body, await this.#find(tx, context, source));
      });
    });
  }

  async #find(tx: Transaction, context: RunContext, source: SetSource): Promise<FoundInSet> {
    const planned = new FoundSet(context, {
      isUndone: true,
      settle: async (_tx, found) => {
        throw new Planned(found);
      },
    });
    try {
      await writeSet(tx, { ...context, planned }, source, { received: 0 }, this.#context.secretKey);
    } catch (fault) {
      if (!(fault instanceof Planned)) throw fault;
      deleteStaged(tx, context.catalogue.workspace, context.run);
      forgetElementsOf(tx, context.catalogue.workspace, context.run);
      return fault.found;
    }
    throw new Error('A plan was written');
  }

  async #keep(
    tx: Transaction,
    { catalogue, on, scope, run }: RunContext,
    body: BodyHash,
    found: FoundInSet,
  ): Promise<SetPlanOutcome> {
    const { principal, via, requestId: request } = this.#caller;
    const { counts, issuesBefore: issues } = found;
    checkBalance(`The plan ${run}`, counts);
    await insertPlannedRun(tx, catalogue.workspace, {
      run,
      interface: on.id,
      counts,
      issues: issues + found.issues.length,
      principal_id: principal.id,
      via,
      request,
      received_at: this.#receivedAt,
      finished_at: clock.now(),
    });
    if (!scope.isEverything) noteScope(tx, catalogue.workspace, run, scope.words);
    if (found.issues.length > 0) insertIssues(tx, catalogue.workspace, run, issues, found.issues);
    const asked = { kind: 'set', call: callOf(on.endpoint), body: body.end() } as const;
    const row = await keepPlan(tx, catalogue, this.#caller, asked, found, { run });
    const stored = await findRun(tx, catalogue.workspace, run);
    const shown = stored === undefined ? null : runView(catalogue, on.endpoint, stored);
    return { kind: 'planned', plan: planView(principal, row, found.items.kept, shown) };
  }
}

export const applySetByPlan = (
  context: SyncContext,
  caller: Caller,
  endpoint: string,
  open: OpenSet,
  plan: string,
  once?: StreamedOnce,
): Promise<SyncOutcome | PlanRefused> =>
  onceRun<PlanRefused>(context, caller, endpoint, { once }, (first) =>
    applyOnce(context, caller, endpoint, open, plan, first),
  );

async function applyOnce(
  context: SyncContext,
  caller: Caller,
  endpoint: string,
  open: OpenSet,
  plan: string,
  first: First | undefined,
): Promise<SyncOutcome | PlanRefused> {
  const asked = { kind: 'set', call: callOf(endpoint) } as const;
  const body = new BodyHash();
  let hash: Buffer | undefined;
  try {
    const known = await admit(context, caller, endpoint);
    if ('kind' in known) return known;
    // Before anything is read, so that no run is recorded for a plan that cannot be applied in any case.
    await context.database.inWorkspace(known.catalogue.workspace, (tx) =>
      TakenPlan.take(tx, known.catalogue, caller, plan, asked),
    );
    const byPlan = (at: RunContext) => {
      let taken: TakenPlan | undefined;
      return new FoundSet(at, {
        begin: async (tx) => {
          hash ??= body.end();
          taken = await TakenPlan.take(tx, at.catalogue, caller, plan, asked);
          taken.checkBody(hash);
        },
        settle: async (tx, found) => taken?.settle(tx, at.catalogue, found),
      });
    };
    return await submit(context, caller, endpoint, (at) => body.of(open(at)), { byPlan, first });
  } catch (fault) {
    if (fault instanceof PlanNotMet) return fault.refused;
    throw fault;
  }
}

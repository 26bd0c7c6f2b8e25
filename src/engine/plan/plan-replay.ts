/** Plans of replays. A plan is the replay itself, undone; a replay by a plan commits only what the plan showed. */
import type { ReplayCommand } from '../../model/commands.ts';
import type { PlanRefused, ReplayPlanned } from '../../model/plan.ts';
import type { Caller } from '../../model/principal.ts';
import type { ReplayOutcome } from '../../model/runs.ts';
import { checkBalance } from '../balance.ts';
import type { RunContext } from '../sync/applying/apply.ts';
import { findAnyRun } from '../sync/past-runs/at-run.ts';
import { mostListed, type ReplayContext, replay } from '../sync/past-runs/replay.ts';
import { issueView } from '../sync/runs/issue-view.ts';
import { type FoundInSet, FoundSet } from './found-set.ts';
import { type Asked, hashOf, keepPlan, PlanNotMet, planView, TakenPlan } from './kept-plan.ts';

/** What is mended is the body. */
function askedOf(run: number, command: ReplayCommand): Asked {
  const place = command.kind === 'element' ? command.place : null;
  const call = JSON.stringify({ kind: 'replay', run, of: command.kind, place });
  return { kind: 'replay', call, body: hashOf(JSON.stringify(command)) };
}

/** Thrown through the transaction that is to be undone. */
class Planned extends Error {
  readonly at: RunContext;
  readonly of: number;
  readonly found: FoundInSet;
  constructor(at: RunContext, of: number, found: FoundInSet) {
    super('A plan is not to be written');
    this.at = at;
    this.of = of;
    this.found = found;
  }
}

export async function planReplay(
  context: ReplayContext,
  caller: Caller,
  run: string,
  command: ReplayCommand,
): Promise<Exclude<ReplayOutcome, { kind: 'replayed' }> | ReplayPlanned> {
  try {
    const outcome = await replay(context, caller, run, command, (at, of) => {
      const settle = async (_tx: unknown, found: FoundInSet): Promise<never> => {
        throw new Planned(at, of, found);
      };
      return new FoundSet(at, { isUndone: true, settle });
    });
    if (outcome.kind === 'replayed') throw new Error('A plan was written');
    return outcome;
  } catch (fault) {
    if (!(fault instanceof Planned)) throw fault;
    const { at, of, found } = fault;
    const { catalogue, type } = at;
    checkBalance(`The plan of a replay of run ${of}`, found.counts);
    return context.database.inWorkspace(catalogue.workspace, async (tx): Promise<ReplayPlanned> => {
      const row = await keepPlan(tx, catalogue, caller, askedOf(of, command), found);
      const plan = planView(caller.principal, row, found.items.kept);
      const issues = found.issues.slice(0, mostListed).map((issue) => issueView(catalogue, type.key, issue));
      return { kind: 'planned', plan, counts: found.counts, issues };
    });
  }
}

export async function replayByPlan(
  context: ReplayContext,
  caller: Caller,
  run: string,
  command: ReplayCommand,
  plan: string,
): Promise<ReplayOutcome | PlanRefused> {
  try {
    // What it applied is not there to be replayed again: that it was done is told first.
    const catalogue = await context.catalogue();
    await context.database.inWorkspace(catalogue.workspace, async (tx) => {
      const seen = await findAnyRun(tx, catalogue, caller, run);
      if (seen !== undefined) await TakenPlan.take(tx, catalogue, caller, plan, askedOf(seen.row.run, command));
    });
    return await replay(context, caller, run, command, (at, of) => {
      const asked = askedOf(of, command);
      let taken: TakenPlan | undefined;
      return new FoundSet(at, {
        begin: async (tx) => {
          taken = await TakenPlan.take(tx, at.catalogue, caller, plan, asked);
          taken.checkBody(asked.body);
        },
        settle: async (tx, found) => taken?.settle(tx, at.catalogue, found),
      });
    });
  } catch (fault) {
    if (fault instanceof PlanNotMet) return fault.refused;
    throw fault;
  }
}

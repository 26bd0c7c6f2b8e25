/** How each plan is made, and done. */
import type { Caller } from '../../model/principal.ts';
import type { Database } from '../../store/postgres/database.ts';
import type { Contexts } from '../contexts.ts';
import type { Explain } from '../keys/merged-away.ts';
import { rethrowPublic } from '../public-faults.ts';
import { findPlanView, listPlanItems, planOfRun } from '../read/plans.ts';
import { revertOfImport, revertOfRun } from '../undo/reverts.ts';
import type { WriteContext } from '../write/attempt.ts';
import { applyImportByPlan, planImport } from './plan-import.ts';
import { planReplay, replayByPlan } from './plan-replay.ts';
import { planRevert, revertByPlan } from './plan-revert.ts';
import { applySetByPlan, planSet } from './plan-set.ts';
import { applyWrite, planWrite } from './plan-write.ts';
import type { Plans } from './plans.ts';

/** @param raw whose faults are as it throws them. @param database the same, in the words of the layers above. */
export function createPlans(raw: Database, database: Database, contexts: Contexts, explain: Explain): Plans {
  /** A planned import holds a connection while its body arrives, as a run does. */
  const withPlace = async <Result>(
    { principal: { workspace } }: Caller,
    work: (context: WriteContext) => Promise<Result>,
  ): Promise<Result> => {
    const leave = await contexts.gate.enter(workspace);
    return work(contexts.write(workspace)).catch(rethrowPublic).finally(leave);
  };

  return {
    write: (caller, command) =>
      planWrite(contexts.write(caller.principal.workspace), caller, command)
        .catch(rethrowPublic)
        .then((outcome) => explain(caller, outcome)),
    applyWrite: (caller, command, plan, body) =>
      applyWrite(contexts.write(caller.principal.workspace), caller, command, plan, body).catch(rethrowPublic),
    set: (caller, endpoint, open) => planSet(contexts.sync(caller), caller, endpoint, open).catch(rethrowPublic),
    applySet: (caller, endpoint, open, plan, once) =>
      applySetByPlan(contexts.sync(caller), caller, endpoint, open, plan, once).catch(rethrowPublic),
    import: (caller, command, rows) => withPlace(caller, (context) => planImport(context, caller, command, rows)),
    applyImport: (caller, command, rows, plan, once) =>
      withPlace(caller, (context) => applyImportByPlan(context, caller, command, rows, plan, once)),
    revert: (caller, run) => planRevert(raw, caller, revertOfRun(contexts, caller, run)).catch(rethrowPublic),
    applyRevert: (caller, run, plan) =>
      revertByPlan(caller, plan, revertOfRun(contexts, caller, run)).catch(rethrowPublic),
    revertImport: (caller, id) => planRevert(raw, caller, revertOfImport(contexts, caller, id)).catch(rethrowPublic),
    applyImportRevert: (caller, id, plan) =>
      revertByPlan(caller, plan, revertOfImport(contexts, caller, id)).catch(rethrowPublic),
    replay: (caller, run, command) => planReplay(contexts.replay(caller), caller, run, command).catch(rethrowPublic),
    applyReplay: (caller, run, command, plan) =>
      replayByPlan(contexts.replay(caller), caller, run, command, plan).catch(rethrowPublic),
    find: async (caller, plan) => findPlanView(database, await contexts.catalogueOf(caller), caller, plan),
    items: async (caller, plan, query) =>
      listPlanItems(database, await contexts.catalogueOf(caller), caller, plan, query),
    ofRun: async (caller, endpoint, run) =>
      planOfRun(database, await contexts.catalogueOf(caller), caller, endpoint, run),
  };
}

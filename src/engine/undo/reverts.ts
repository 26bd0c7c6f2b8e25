/** A run or an import is taken back, by itself or with somebody who looks on: a plan, or what is done by a plan. */
import type { Caller } from '../../model/principal.ts';
import type { Contexts } from '../contexts.ts';
import { revertImport } from '../import/revert.ts';
import { revertRun } from '../sync/past-runs/revert.ts';
import type { RevertWatch } from './watch.ts';

export const revertOfRun = (contexts: Contexts, caller: Caller, run: string) => (watch?: RevertWatch) =>
  revertRun(contexts.runs(caller), caller, run, watch);

export const revertOfImport = (contexts: Contexts, caller: Caller, id: string) => (watch?: RevertWatch) =>
  revertImport(contexts.write(caller.principal.workspace), caller, id, watch);

/** Everything that can be asked of plans. */
import type { ImportCommand, ReplayCommand } from '../../model/commands.ts';
import type { ImportRevertOutcome } from '../../model/imports.ts';
import type {
  PlanItemsOutcome,
  PlanOutcome,
  PlanRefused,
  PlanView,
  ReplayPlanned,
  RevertPlanned,
} from '../../model/plan.ts';
import type { Caller, StreamedOnce } from '../../model/principal.ts';
import type { ReplayOutcome, RevertOutcome, SyncOutcome } from '../../model/runs.ts';
import type { Import, RowSource } from '../import/import.ts';
import type { OpenSet } from '../sync/sync.ts';
import type { WriteCommand } from '../write/commands.ts';
import type { WriteOutcome } from '../write/run-batch.ts';
import type { SetPlanOutcome } from './plan-set.ts';

/** A plan says what a write would do, and writes nothing. It is refused as the write itself would be. */
export type Plans = {
  write(caller: Caller, command: WriteCommand): Promise<PlanOutcome>;
  /** Does just what the plan says, or nothing. @param body `planned`: the command has none, and takes that of the plan. */
  applyWrite(
    caller: Caller,
    command: WriteCommand,
    plan: string,
    body: 'sent' | 'planned',
  ): Promise<WriteOutcome | PlanRefused>;
  set(caller: Caller, endpoint: string, open: OpenSet): Promise<SetPlanOutcome>;
  /** As a set that is sent without a plan; what the reading of the body throws is thrown here. */
  applySet(
    caller: Caller,
    endpoint: string,
    open: OpenSet,
    plan: string,
    once?: StreamedOnce,
  ): Promise<SyncOutcome | PlanRefused>;
  import(caller: Caller, command: ImportCommand, rows: RowSource): Promise<PlanOutcome>;
  /** All of the rows or none, in one transaction; resolves when they are written. */
  applyImport(
    caller: Caller,
    command: ImportCommand,
    rows: RowSource,
    plan: string,
    once?: StreamedOnce,
  ): Promise<Import | PlanRefused>;
  /** Of a run that is to be taken back. */
  revert(caller: Caller, run: string): Promise<Exclude<RevertOutcome, { kind: 'reverted' }> | RevertPlanned>;
  applyRevert(caller: Caller, run: string, plan: string): Promise<RevertOutcome | PlanRefused>;
  /** Of an import that is to be taken back. */
  revertImport(caller: Caller, id: string): Promise<Exclude<ImportRevertOutcome, { kind: 'reverted' }> | RevertPlanned>;
  applyImportRevert(caller: Caller, id: string, plan: string): Promise<ImportRevertOutcome | PlanRefused>;
  /** Of elements of a run that are to be applied again. */
  replay(
    caller: Caller,
    run: string,
    command: ReplayCommand,
  ): Promise<Exclude<ReplayOutcome, { kind: 'replayed' }> | ReplayPlanned>;
  applyReplay(caller: Caller, run: string, command: ReplayCommand, plan: string): Promise<ReplayOutcome | PlanRefused>;
  /** undefined: there is none that the caller may see. */
  find(caller: Caller, plan: string): Promise<PlanView | undefined>;
  items(caller: Caller, plan: string, query: { limit: number; cursor?: string }): Promise<PlanItemsOutcome>;
  /** Of a run of the interface. */
  ofRun(caller: Caller, endpoint: string, run: string): Promise<PlanView | undefined>;
};

/** Everything that can be asked of plans. */
import type { PlanItemsOutcome, PlanOutcome, PlanRefused, PlanView } from '../../model/plan.ts';
import type { Caller } from '../../model/principal.ts';
import type { WriteCommand } from '../write/commands.ts';
import type { WriteOutcome } from '../write/run-batch.ts';

/** A plan says what a write would do, and writes nothing. It is refused as the write itself would be. */
export type Plans = {
  write(caller: Caller, command: WriteCommand): Promise<PlanOutcome>;
  /** Does just what the plan says, or nothing. */
  applyWrite(caller: Caller, command: WriteCommand, plan: string): Promise<WriteOutcome | PlanRefused>;
  /** undefined: there is none that the caller may see. */
  find(caller: Caller, plan: string): Promise<PlanView | undefined>;
  items(caller: Caller, plan: string, query: { limit: number; cursor?: string }): Promise<PlanItemsOutcome>;
  /** Of a run of the interface. */
  ofRun(caller: Caller, endpoint: string, run: string): Promise<PlanView | undefined>;
};

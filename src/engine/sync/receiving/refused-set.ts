/** Why a body is not taken as a complete set of its interface. Thrown through the transaction of its run, which then fails with the same words. */
import type { SetRefusal } from '../../../model/runs.ts';

export class RefusedSet extends Error {
  readonly outcome: SetRefusal;
  constructor(outcome: SetRefusal) {
    super(outcome.message);
    this.outcome = outcome;
  }
}

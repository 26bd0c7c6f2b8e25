import { isRaceLost, type Transaction } from '../../../store/postgres/database.ts';

const maxAttempts = 5;

/** Savepoints: what was received stays when records must be judged again, because another transaction came first. */
export async function untilNoRaceIsLost<Result>(tx: Transaction, apply: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tx.attempt(apply);
    } catch (fault) {
      if (!isRaceLost(fault) || attempt === maxAttempts) throw fault;
    }
  }
}

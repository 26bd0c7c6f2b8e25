/** What an import did, in numbers that must add up. */
import type { ImportCounts, ImportOutcome } from '../../model/outcomes.ts';

export const noCounts: ImportCounts = {
  received: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  revived: 0,
  rejected: 0,
  superseded: 0,
  held: 0,
};

/** @throws when a row would be lost: every row that was received has exactly one outcome. */
export function addOutcomes(counts: ImportCounts, outcomes: readonly ImportOutcome[], rowsDone: number): ImportCounts {
  const sum = { ...counts, received: counts.received + outcomes.length };
  for (const { kind } of outcomes) sum[kind === 'deferred' ? 'held' : kind] += 1;
  const accounted = sum.created + sum.updated + sum.unchanged + sum.revived + sum.rejected + sum.superseded + sum.held;
  if (sum.received !== accounted || sum.received !== rowsDone) {
    throw new Error(`The import does not balance: ${rowsDone} rows, ${JSON.stringify(sum)}`);
  }
  return sum;
}

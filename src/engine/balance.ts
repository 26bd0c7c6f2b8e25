/** Nothing that was received may be unaccounted for: the rule of every run and every import, and the one place where it stands. */
import type { ImportCounts } from '../model/imports.ts';
import type { RunCounts } from '../model/runs.ts';

export const noOutcomes: ImportCounts = {
  received: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  revived: 0,
  rejected: 0,
  superseded: 0,
  held: 0,
};

/** Of a run. Deletes are counted apart: nobody sent what is deleted. */
export const noCounts: RunCounts = { ...noOutcomes, deleted: 0 };

/** @throws so that the transaction fails rather. @param what is counted, as `Run 5`. */
export function checkBalance(what: string, counts: ImportCounts): void {
  const { received, created, updated, unchanged, revived, rejected, superseded, held } = counts;
  if (received !== created + updated + unchanged + revived + rejected + superseded + held)
    throw new Error(`${what} does not balance: ${JSON.stringify(counts)}`);
}

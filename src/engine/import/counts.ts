/** What an import did, in numbers that must add up. */
import type { ImportCounts, ImportOutcome } from '../../model/imports.ts';
import { checkBalance } from '../balance.ts';

/** @throws when a row would be lost: every row that was received has exactly one outcome. */
export function addOutcomes(counts: ImportCounts, outcomes: readonly ImportOutcome[], rowsDone: number): ImportCounts {
  const sum = { ...counts, received: counts.received + outcomes.length };
  for (const { kind } of outcomes) sum[kind === 'deferred' ? 'held' : kind === 'stale' ? 'superseded' : kind] += 1;
  checkBalance('The import', sum);
  if (sum.received !== rowsDone) throw new Error(`The import has ${sum.received} outcomes for ${rowsDone} rows`);
  return sum;
}

/** What an erasure took away of a record, and of the duplicates that went into it. */
import type { Guid } from './ids.ts';
import type { Rejected } from './outcomes.ts';
import type { RecordPointer } from './record.ts';

export const erasedThings = [
  'records',
  'links',
  'keys',
  'changes',
  'issues',
  'elements',
  'rejected_rows',
  'failures',
  'answers',
  'pending_links',
  'plans',
  'deliveries',
  'refusals',
] as const;
export type ErasedThing = (typeof erasedThings)[number];
export type ErasureCounts = Readonly<Record<ErasedThing, number>>;

/** `unchanged`: it was erased before, and nothing had come up since. */
export type ErasureOutcome =
  | {
      readonly kind: 'erased' | 'unchanged' | 'planned';
      readonly record: RecordPointer;
      readonly counts: ErasureCounts;
    }
  | { readonly kind: 'forbidden' }
  /** Complete sets that are held as a whole keep their elements, perhaps this one: they are to be decided on first. */
  | { readonly kind: 'sets_held'; readonly runs: readonly Guid[] }
  | Rejected;

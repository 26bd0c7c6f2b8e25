/** A duplicate that goes into another record. */
import type { Rejected } from './outcomes.ts';
import type { FieldValue, RecordPointer, RecordView } from './record.ts';
import type { Ref } from './ref.ts';
import type { Owner } from './schema.ts';

/** Whose value stays where both have one. What only the duplicate has is taken, unless `keep`: then the survivor stays as it is. */
export const mergePolicies = ['survivor', 'duplicate', 'keep'] as const;
export type MergePolicy = (typeof mergePolicies)[number];

export type MergeCommand = {
  readonly type: string;
  /** The survivor. */
  readonly ref: Ref;
  /** The duplicate. */
  readonly from: Ref;
  readonly fields: MergePolicy;
  /** The survivor's version that the caller read. */
  readonly ifVersion?: number;
};

export type MergeStep =
  | { readonly action: 'set'; readonly field: string; readonly before: FieldValue; readonly after: FieldValue }
  /** The duplicate's value is lost to the survivor, whose field somebody else owns. */
  | { readonly action: 'leave'; readonly field: string; readonly value: FieldValue; readonly owner: Owner }
  /** A key of the duplicate goes on, as a former key of the survivor; or one of the survivor's own that the duplicate's replaces. */
  | { readonly action: 'alias'; readonly field: string; readonly value: string }
  /** `move`: the link is the survivor's now. `join`: the survivor had it already. `drop`: see `reason`. */
  | {
      readonly action: 'move' | 'join' | 'drop';
      readonly link: string;
      readonly other: RecordPointer;
      readonly role: string | null;
      /** `cardinality`: the survivor's own link keeps the place. `owner`: the lookup is somebody else's. `self`: it joined the two. */
      readonly reason: 'cardinality' | 'owner' | 'self' | 'kept' | null;
    };

export type MergeOutcome =
  | {
      readonly kind: 'merged' | 'planned';
      /** The survivor as it is, or would be. */
      readonly record: RecordView;
      readonly duplicate: RecordPointer;
      readonly steps: readonly MergeStep[];
    }
  | Rejected;

/** Where the value of a field comes from. */
import type { Guid, PrincipalId } from './ids.ts';
import type { FieldValue, RecordView } from './record.ts';
import type { Owner } from './schema.ts';
import type { ShownStamp } from './stamp.ts';

/** One write, or one attempt at it. */
export type Writing = {
  readonly principal: { readonly id: PrincipalId; readonly name: string };
  readonly via: string;
  readonly request: string;
  /** Of a complete set. */
  readonly run: Guid | null;
  readonly interface: string | null;
  /** Of a bulk import. */
  readonly import: Guid | null;
  /** Of the element or row in the body of the run or import, from 0. */
  readonly row: number | null;
  readonly at: Date;
};

/** `value`: as the interface sent it; null for single writes, whose refused values are not kept. */
export type Refusal = Omit<Writing, 'import'> & { readonly value: string | null; readonly times: number };

export type WhyView = {
  readonly record: RecordView;
  readonly field: string;
  readonly value: FieldValue;
  readonly owner: Owner;
  /** null: nobody has written the field since the record was made; or, as `notKept` says, longer ago than history is kept. */
  readonly written: Writing | null;
  readonly notKept: boolean;
  /** Whether it was written though another owned the field. */
  readonly forced: boolean;
  /** What the value is as of, where its writer said so. */
  readonly stamp: ShownStamp | null;
  /** Since it was written, newest first. */
  readonly refused: readonly Refusal[];
};

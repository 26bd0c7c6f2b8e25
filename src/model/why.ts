/** Where the value of a field, or a link, comes from. */
import type { Role } from './catalogue.ts';
import type { Guid, PrincipalId } from './ids.ts';
import type { FieldValue, RecordPointer, RecordView } from './record.ts';
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

type Provenance = {
  readonly owner: Owner;
  /** null: nobody has written it since the record was made; or, as `notKept` says, longer ago than history is kept. */
  readonly written: Writing | null;
  readonly notKept: boolean;
  /** Whether it was written though another owned the field. */
  readonly forced: boolean;
  /** What the value is as of, where its writer said so. */
  readonly stamp: ShownStamp | null;
  /** Since it was written, newest first. */
  readonly refused: readonly Refusal[];
};

export type WhyView = Provenance & { readonly record: RecordView; readonly field: string; readonly value: FieldValue };

/** Of one link; of a relation that takes one and has none, who took the last one away. */
export type LinkWhy = Provenance & {
  /** Its number. */
  readonly link: number | null;
  /** The other record. */
  readonly value: RecordPointer | null;
  readonly role: Role | null;
};

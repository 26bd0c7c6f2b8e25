import type { Role } from './catalogue.ts';
import type { Guid, PrincipalId, WorkspaceId } from './ids.ts';
import type { ShownStamp } from './stamp.ts';

/** The other record of a lookup or a link. */
export type RecordPointer = {
  readonly type: string;
  readonly number: number;
  readonly id: Guid;
};

/** A stored value: text, number, boolean; `YYYY-MM-DD` for a date; ISO 8601 UTC with milliseconds for a datetime; a list of
 *  option values for multi_enum; a pointer for a lookup; null when unset. */
export type FieldValue = string | number | boolean | readonly string[] | RecordPointer | null;

export const isPointer = (value: FieldValue): value is RecordPointer =>
  typeof value === 'object' && value !== null && 'number' in value;

/** A record as it is read: every field of its type is in `fields`, unset ones as null. */
export type RecordView = {
  readonly workspace: WorkspaceId;
  readonly number: number;
  readonly id: Guid;
  readonly type: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly createdBy: PrincipalId;
  readonly updatedBy: PrincipalId;
  /** Only of a list that has deleted records too. */
  readonly deletedAt?: Date;
  readonly fields: Readonly<Record<string, FieldValue>>;
};

export type LinkView = {
  readonly number: number;
  readonly id: Guid;
  /** `claim.contacts` */
  readonly link: string;
  readonly left: RecordPointer;
  readonly right: RecordPointer;
  readonly role: Role | null;
  /** Further columns of the link, by name; values are JSON. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** `merged`: the record went into another one, as a duplicate of it. `erased`: nothing is kept of it but that there was one. */
export const changeKinds = [
  'created',
  'updated',
  'deleted',
  'merged',
  'revived',
  'erased',
  'linked',
  'relinked',
  'unlinked',
] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** One change of one record or link, with who made it, how, and what it was before. */
export type ChangeView = {
  readonly kind: ChangeKind;
  readonly at: Date;
  readonly principal: { readonly id: PrincipalId; readonly name: string };
  readonly via: string;
  readonly request: string;
  /** The record's version after it; null for a change of a link. */
  readonly version: number | null;
  /** By field key; only what changed. For a link: role and attributes. */
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
  /** Links only: the link type, its number, and the two ends. */
  readonly link: {
    readonly key: string;
    readonly number: number;
    readonly left: RecordPointer;
    readonly right: RecordPointer;
  } | null;
  /** A merge only: the duplicate, and the survivor. */
  readonly merged: { readonly from: RecordPointer; readonly into: RecordPointer } | null;
  /** What its writer said that it was as of. */
  readonly stamp: ShownStamp | null;
  /** What was written though another owns it: field keys, or the link type's. */
  readonly forced: readonly string[];
};

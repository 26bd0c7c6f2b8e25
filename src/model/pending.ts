/** Links that were asked for before their records were there, and wait for them. */
import type { Role } from './catalogue.ts';
import type { DatedLink, DatedUnlink } from './commands.ts';
import type { PrincipalId } from './ids.ts';
import type { ListRejected, Page, Rejected } from './outcomes.ts';
import type { Ref } from './ref.ts';
import type { Stamp } from './stamp.ts';

/** How long a link waits unless it is said. */
export const pendingDays = 30;

/** Until when something may wait; `expiresAt` null: for the usual time. */
export type Defer = { readonly expiresAt: Date | null };
export type DeferrableLink = DatedLink & { readonly defer?: Defer };
/** Only a removal that says how old it is waits. */
export type DeferrableUnlink = DatedUnlink & { readonly defer?: Defer };

export const pendingStates = ['waiting', 'refused', 'expired'] as const;
export type PendingState = (typeof pendingStates)[number];

/** `missing`: there is no such record yet. */
type PendingEnd = { readonly type: string; readonly ref: Ref; readonly missing: boolean };

export type PendingReason = { readonly code: string; readonly message: string };

export type PendingLinkView = {
  readonly number: number;
  readonly link: string;
  readonly left: PendingEnd;
  readonly right: PendingEnd;
  readonly role: Role | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** It is a removal that waits. */
  readonly removes: boolean;
  /** What it says to be as of. */
  readonly stamp: Stamp | null;
  /** `refused`: its records are there, but whoever asked for it may not link them so. `expired`: nobody joins it any more. */
  readonly state: PendingState;
  readonly reasons: readonly PendingReason[];
  readonly principal: { readonly id: PrincipalId; readonly name: string };
  readonly via: string;
  readonly request: string;
  readonly askedAt: Date;
  readonly expiresAt: Date;
};

/** `waits`: what was asked waits already, just so. */
export type DeferOutcome = { readonly kind: 'deferred' | 'waits'; readonly pending: PendingLinkView };

export type WithdrawOutcome = { readonly kind: 'withdrawn'; readonly pending: readonly PendingLinkView[] };

/** `waitsFor`: only those one of whose sides is named by this key. */
export type PendingListQuery = {
  readonly link?: string;
  readonly state?: PendingState | undefined;
  readonly waitsFor?: Ref;
  readonly limit: number;
  readonly cursor?: string;
};

export type PendingListOutcome = Page<PendingLinkView> | ListRejected | Rejected;

export type ForgetOutcome = { readonly kind: 'forgotten' } | { readonly kind: 'unknown_pending_link' } | Rejected;

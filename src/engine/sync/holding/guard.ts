/** The guard of an interface: how much a complete set may delete without being asked, and what is said when it wants more. */

import type { Guard, Interface } from '../../../model/catalogue.ts';
import { clock } from '../../../model/clock.ts';
import type { RunCounts } from '../../../model/runs.ts';
import { count, isOrAre, wasOrWere } from '../../../model/text.ts';
import type { PlacedIssue } from '../../../store/sync/issues.ts';

/** `deletes` of the `known` records that the interface is responsible for, by a set of `received` elements. */
export type Deleting = { readonly deletes: number; readonly known: number; readonly received: number };

/** How long held deletes wait for somebody's approval. */
const heldDays = 7;

/** Why the set may not delete so much, in words; undefined when it may. */
export function whyHeld(guard: Guard, { deletes, known, received }: Deleting): string | undefined {
  if (deletes === 0) return undefined;
  if (guard.emptySet === 'hold' && received === 0) return 'the set is empty';
  if (guard.deletes !== null && deletes > guard.deletes)
    return `a set of this interface may delete ${inWords(guard.deletes)} at most`;
  if (guard.percent !== null && deletes * 100 > guard.percent * known)
    return `a set of this interface may delete ${guard.percent} % of its ${count(known, 'record')} at most`;
  return undefined;
}

type Policy = Interface['deletePolicy'];

/** The guard counts them as deletes, whatever becomes of them. */
const doneTo: Readonly<Record<Policy, string>> = { delete: 'deleted', unlink: 'unlinked', keep: 'marked' };

export const heldIssue = (deletes: number, reason: string, place: number, policy: Policy): PlacedIssue => ({
  severity: 'error',
  code: 'deletes_held',
  key: null,
  number: null,
  path: null,
  member: null,
  value: null,
  message: `${count(deletes, 'record')} ${isOrAre(deletes)} not in the set, and ${wasOrWere(deletes)} not ${doneTo[policy]}: ${reason}. All else was applied.`,
  remedy: `Look at the list of what is held, and approve ${count(deletes, 'delete')} or cancel ${deletes === 1 ? 'it' : 'them'} within ${heldDays} days; or send a set that is complete, which takes the place of the list.`,
  at: clock.now(),
  place,
});

export const heldUntil = (from: Date): Date => new Date(from.getTime() + heldDays * 24 * 3_600_000);

/** @param counts what the set would have come to, but for its deletes. */
export function heldWholeIssue(deletes: number, reason: string, counts: RunCounts, policy: Policy): PlacedIssue {
  const { created, updated, unchanged, revived, rejected, superseded, received } = counts;
  const rest = Object.entries({ created, updated, revived, unchanged, rejected, superseded })
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${inWords(count)} ${name}`);
  return {
    ...heldIssue(deletes, reason, received, policy),
    message: `${count(deletes, 'record')} ${isOrAre(deletes)} not in the set, and nothing of it was applied: ${reason}. Applied, it would be: ${[...rest, `${inWords(deletes)} ${doneTo[policy]}`].join(', ')}.`,
    remedy: `Look at the list of the records, and approve the set with ${count(deletes, 'delete')} or cancel it within ${heldDays} days; or send a set that is complete, which takes its place.`,
  };
}

const inWords = (count: number): string => count.toLocaleString('en');

/**
 * What of a record or a link is shown to whom, in whatever answer. Whoever may write records of a type, and not read them, is told which
 * they are and what became of the write, and no value of them; also when it is told again what it was told while it might read.
 */
import type { Rejected } from '../../model/outcomes.ts';
import type { PendingLinkView } from '../../model/pending.ts';
import type { Principal } from '../../model/principal.ts';
import type { LinkView, RecordView } from '../../model/record.ts';
import type { WriteOutcome } from '../write/run-batch.ts';
import { may } from './grants.ts';

type Ends = { readonly left: { readonly type: string }; readonly right: { readonly type: string } };

/** A link tells of the records at both of its ends: it is listed to whoever may read both. To others it has no role and no attributes. */
export const mayReadLink = (principal: Principal, { left, right }: Ends): boolean =>
  may(principal, 'read', left.type) && may(principal, 'read', right.type);

export function shownOutcome(principal: Principal, outcome: WriteOutcome): WriteOutcome {
  if (principal.role !== 'member') return outcome;
  const link = <Link extends LinkView | PendingLinkView>(one: Link): Link =>
    mayReadLink(principal, one) ? one : { ...one, role: null, attributes: {} };
  // What gave way leads to a record that nobody named.
  if ('link' in outcome) {
    const replaced = outcome.replaced.filter((one) => mayReadLink(principal, one));
    return { ...outcome, link: link(outcome.link), replaced };
  }
  if ('removed' in outcome) return { ...outcome, removed: outcome.removed.map(link) };
  if (outcome.kind === 'withdrawn') return { ...outcome, pending: outcome.pending.map(link) };
  if ('pending' in outcome) return { ...outcome, pending: link(outcome.pending) };
  if (!hasRecord(outcome) || may(principal, 'read', outcome.record.type)) return outcome;
  return { ...outcome, record: { ...outcome.record, fields: {} } };
}

type WithRecord = Extract<Exclude<WriteOutcome, Rejected>, { readonly record: RecordView }>;
const hasRecord = (outcome: WriteOutcome): outcome is WithRecord => 'record' in outcome && 'fields' in outcome.record;

/** What of a plan's item is shown to whom, by the rule of access/shown.ts: planning a write tells no more than the write. */
import type { PlanItem, PlannedRecord } from '../../model/plan.ts';
import type { Principal } from '../../model/principal.ts';
import { may } from '../access/grants.ts';
import { mayReadLink } from '../access/shown.ts';
import { isPlannedRecord } from './plan-items.ts';

export function shownItem(principal: Principal, item: PlanItem): PlanItem {
  if (principal.role !== 'member') return item;
  const readable = may(principal, 'read', item.type);
  // What gives way leads to a record that nobody named.
  const unnamed = item.action === 'unlink' ? { number: null, id: null } : {};
  const shown = (record: PlannedRecord): PlannedRecord =>
    may(principal, 'read', record.type) ? record : { ...record, ...unnamed, key: null };
  const value = (one: unknown): unknown => (isPlannedRecord(one) ? shown(one) : one);
  return {
    ...item,
    key: readable ? item.key : null,
    record: item.record && shown(item.record),
    fields: readable
      ? item.fields.map(({ field, before, after }) => ({ field, before: value(before), after: value(after) }))
      : [],
    forced: readable ? item.forced : [],
    link: item.link && {
      ...item.link,
      left: shown(item.link.left),
      right: shown(item.link.right),
      ...(mayReadLink(principal, item.link) ? {} : { before: null, after: null }),
    },
  };
}

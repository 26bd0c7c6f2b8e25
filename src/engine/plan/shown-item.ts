/** What of a plan's item is shown to whom: whoever may write records, and not read them, learns nothing of them by planning a write. */
import type { PlanItem, PlannedRecord } from '../../model/plan.ts';
import type { Principal } from '../../model/principal.ts';
import { may } from '../access/grants.ts';
import { isPlannedRecord } from './plan-items.ts';

export function shownItem(principal: Principal, item: PlanItem): PlanItem {
  if (principal.role !== 'member') return item;
  const readable = may(principal, 'read', item.type);
  const shown = (record: PlannedRecord): PlannedRecord =>
    record.type === item.type || may(principal, 'read', record.type) ? record : { ...record, key: null };
  const value = (one: unknown): unknown => (isPlannedRecord(one) ? shown(one) : one);
  return {
    ...item,
    fields: item.fields.map(({ field, before, after }) => ({
      field,
      before: readable ? value(before) : null,
      after: value(after),
    })),
    link: item.link && {
      ...item.link,
      left: shown(item.link.left),
      right: shown(item.link.right),
      before: readable ? item.link.before : null,
    },
  };
}

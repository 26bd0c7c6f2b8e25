/**
 * The items of a plan, as they are found: the first of each action are kept, and all go into one hash. The hash does not depend on their
 * order, which hangs on how a body falls into chunks, nor on the numbers that new records and links drew.
 */
import { hash } from 'node:crypto';
import { type PlanAction, type PlanActions, type PlanItem, type PlannedRecord, planActions } from '../../model/plan.ts';
import type { RunCounts } from '../../model/runs.ts';

/** Of each action, so that a million new records do not push out the one delete. */
const mostKept = 10_000;
const mostBytes = 8 * 1024 * 1024;

const wrap = 1n << 256n;

/** What an item has that says nothing else. */
export const noItem = { record: null, version: null, row: null, fields: [], link: null, forced: [], issues: [] };

export class PlanItems {
  /** JSON of each. */
  readonly kept: string[] = [];
  readonly #counts: Record<PlanAction, number> = { ...noActions };
  readonly #keptOf: Record<PlanAction, { items: number; bytes: number }> = Object.fromEntries(
    planActions.map((action) => [action, { items: 0, bytes: 0 }]),
  ) as Record<PlanAction, { items: number; bytes: number }>;
  #sum = 0n;

  get actions(): PlanActions {
    return this.#counts;
  }

  get total(): number {
    return planActions.reduce((sum, action) => sum + this.#counts[action], 0);
  }

  add(item: PlanItem): void {
    this.digest(essenceOf(item));
    this.#counts[item.action] += 1;
    const kept = this.#keptOf[item.action];
    if (kept.items >= mostKept || kept.bytes >= mostBytes) return;
    const text = JSON.stringify(item);
    kept.items += 1;
    kept.bytes += text.length;
    this.kept.push(text);
  }

  /** Of an action whose items are not kept, and are in the hash already. */
  countMore(action: PlanAction, more: number): void {
    this.#counts[action] += more;
  }

  /** Takes in something that is no item of its own: it must be the same when the plan is applied. */
  digest(said: readonly unknown[]): void {
    this.#sum = (this.#sum + BigInt(`0x${hash('sha256', JSON.stringify(said), 'hex')}`)) % wrap;
  }

  digestWith(counts: RunCounts): Buffer {
    const names = Object.keys(counts).sort() as (keyof RunCounts)[];
    const said = JSON.stringify([this.#sum.toString(16), names.map((name) => [name, counts[name]])]);
    return hash('sha256', said, 'buffer');
  }
}

const noActions = Object.fromEntries(planActions.map((action) => [action, 0])) as Record<PlanAction, number>;

/** What of an item must be the same when it is done: not where it stands in the body, nor how a refusal is put into words. */
export const essenceOf = ({
  action,
  type,
  key,
  record,
  version,
  fields,
  link,
  issues,
}: PlanItem): readonly unknown[] => [
  action,
  type,
  record === null || record.number === null ? key : record.number,
  version,
  fields.map(({ field, before, after }) => [field, essenceOfValue(before), essenceOfValue(after)]),
  link && [link.link, link.number, essenceOfRecord(link.left), essenceOfRecord(link.right), link.before, link.after],
  issues.map(({ severity, code, member, value }) => [severity, code, member, value]),
];

const essenceOfRecord = ({ type, number, key }: PlannedRecord): readonly unknown[] => [type, number ?? `new ${key}`];

export const isPlannedRecord = (value: unknown): value is PlannedRecord =>
  typeof value === 'object' && value !== null && 'type' in value && 'number' in value && 'key' in value;

const essenceOfValue = (value: unknown): unknown => (isPlannedRecord(value) ? essenceOfRecord(value) : value);

/** What a run of a complete set did, as the items of a plan: told by the run itself, and read back from what it wrote. */
import type { Catalogue, Interface } from '../../model/catalogue.ts';
import type { PlanIssue, PlanItem } from '../../model/plan.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import { readHeldDeletes } from '../../store/sync/held-deletes.ts';
import type { PlacedIssue } from '../../store/sync/issues.ts';
import type { Applied, PlannedRun, RunContext } from '../sync/applying/apply.ts';
import { NumberSet } from '../sync/known/number-set.ts';
import { collectChanges, collectRecords } from './collect.ts';
import type { Found } from './kept-plan.ts';
import { noItem, PlanItems } from './plan-items.ts';

/** As many issues are kept of a plan; all of them are in its hash. */
const mostIssues = 10_000;
const pageSize = 1_000;

/** `issues`: those that are kept. `issuesBefore`: how many the run had before, from the reading of its body. */
export type FoundInSet = Found & { readonly issues: readonly PlacedIssue[]; readonly issuesBefore: number };

type Versioned = { readonly number: number; readonly version: number };
type Settle = (tx: Transaction, found: FoundInSet) => Promise<void>;

export class FoundSet implements PlannedRun {
  readonly #context: Pick<RunContext, 'catalogue' | 'on' | 'run'>;
  readonly #begin: (tx: Transaction) => Promise<void>;
  readonly #settle: Settle;
  #items = new PlanItems();
  #issues: PlacedIssue[] = [];
  #noted = 0;
  #rejected = new NumberSet();
  #made = new NumberSet();
  readonly #isUndone: boolean;

  /** @param isUndone whether nothing that is found will be there. */
  constructor(
    context: Pick<RunContext, 'catalogue' | 'on' | 'run'>,
    {
      begin = async () => {},
      settle,
      isUndone = false,
    }: { readonly begin?: (tx: Transaction) => Promise<void>; readonly settle: Settle; readonly isUndone?: boolean },
  ) {
    this.#context = context;
    this.#begin = begin;
    this.#settle = settle;
    this.#isUndone = isUndone;
  }

  async begin(tx: Transaction): Promise<void> {
    this.#items = new PlanItems();
    this.#issues = [];
    this.#noted = 0;
    this.#rejected = new NumberSet();
    this.#made = new NumberSet();
    await this.#begin(tx);
  }

  noteIssues(issues: readonly PlacedIssue[]): void {
    for (const issue of issues) {
      const { severity, code, key, member, value, path } = issue;
      this.#items.digest(['issue', severity, code, key, member, value, path]);
      this.#noted += 1;
      if (this.#issues.length < mostIssues) this.#issues.push(this.#isUndone ? this.#withoutMade(issue) : issue);
    }
  }

  noteMade(number: number): void {
    if (this.#isUndone) this.#made.add(number);
  }

  willNotBe(number: number): boolean {
    return this.#isUndone && this.#made.has(number);
  }

  #withoutMade(issue: PlacedIssue): PlacedIssue {
    const known = (number: number | null | undefined): number | null =>
      number == null || this.#made.has(number) ? null : number;
    return { ...issue, number: known(issue.number), other: known(issue.other) };
  }

  noteRejected(place: number): void {
    this.#rejected.add(place);
  }

  noteReleased(tx: Transaction, records: readonly Versioned[]): Promise<void> {
    return this.#addRecords(tx, 'release', records);
  }

  async settle(tx: Transaction, applied: Applied): Promise<void> {
    const { catalogue, on } = this.#context;
    const items = this.#items;
    const issues = byPlace(this.#issues);
    const namedBy = { type: on.type, field: on.key };
    await collectChanges(tx, { catalogue, items, namedBy }, applied.changes, (place) => {
      const found = issues.get(place)?.map(planIssue) ?? [];
      issues.delete(place); // with the first thing that its element does
      return found;
    });
    for (const [place, found] of issues) if (this.#rejected.has(place)) items.add(rejectedElement(on, place, found));
    items.countMore('reject', applied.counts.rejected - items.actions.reject);
    if (applied.heldDeletes > 0) await this.#collectHeld(tx, catalogue);
    await this.#settle(tx, {
      items,
      counts: applied.counts,
      issues: this.#issues,
      issuesBefore: applied.issues - this.#noted,
    });
  }

  async #collectHeld(tx: Transaction, catalogue: Catalogue): Promise<void> {
    const { run } = this.#context;
    for (let after = 0; ; ) {
      const page = await readHeldDeletes(tx, catalogue.workspace, { run, after, limit: pageSize });
      await this.#addRecords(tx, 'hold', page);
      after = page.at(-1)?.number ?? after;
      if (page.length < pageSize) return;
    }
  }

  #addRecords(tx: Transaction, action: 'hold' | 'release', records: readonly Versioned[]): Promise<void> {
    const { catalogue, on } = this.#context;
    const namedBy = { type: on.type, field: on.key };
    return collectRecords(tx, { catalogue, items: this.#items, namedBy }, action, on.type, records);
  }
}

const rejectedElement = (on: Interface, place: number, found: readonly PlacedIssue[]): PlanItem => ({
  ...noItem,
  action: 'reject',
  type: on.type,
  key: found[0]?.key ?? null,
  row: place,
  issues: found.map(planIssue),
});

function byPlace(issues: readonly PlacedIssue[]): Map<number, PlacedIssue[]> {
  const places = new Map<number, PlacedIssue[]>();
  for (const issue of issues) {
    const there = places.get(issue.place);
    if (there === undefined) places.set(issue.place, [issue]);
    else there.push(issue);
  }
  return places;
}

export const planIssue = ({ severity, code, member, value, message, remedy }: PlacedIssue): PlanIssue => ({
  severity,
  code,
  member,
  value,
  message,
  remedy,
});

/** Reads back what a transaction has written, before it is undone or committed: change rows become the items of a plan. */
import type { Catalogue, RecordType } from '../../model/catalogue.ts';
import { guidOf } from '../../model/ids.ts';
import type { PlanAction, PlanIssue, PlanItem, PlannedField, PlannedRecord } from '../../model/plan.ts';
import type { ChangeKind } from '../../model/record.ts';
import type { ChangeRow } from '../../store/changes/changes.ts';
import { currentBatch, readBatch } from '../../store/plans.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import { type RecordRow, valuesOf } from '../../store/records/records.ts';
import { readRecords } from '../../store/records/wanted-records.ts';
import { NumberSet } from '../sync/known/number-set.ts';
import type { Values } from '../write/working/working-set.ts';
import type { PlanItems } from './plan-items.ts';

const pageSize = 1_000;

const actionOf: Readonly<Record<ChangeKind, PlanAction>> = {
  created: 'create',
  updated: 'update',
  deleted: 'delete',
  merged: 'delete',
  erased: 'delete',
  revived: 'revive',
  linked: 'link',
  relinked: 'relink',
  unlinked: 'unlink',
};

/** The match field by which records of a type are named in a plan: that by which the sender names them. */
export type NamedBy = { readonly type: string; readonly field: string } | null;

export type Collecting = {
  readonly catalogue: Catalogue;
  readonly items: PlanItems;
  readonly namedBy: NamedBy;
};

/** @param changes how many change rows the transaction has written. @param issuesAt takes those of an element, for its first item. */
export async function collectChanges(
  tx: Transaction,
  { catalogue, items, namedBy }: Collecting,
  changes: number,
  issuesAt: (place: number) => readonly PlanIssue[] = () => [],
): Promise<void> {
  if (changes === 0) return;
  const batch = await currentBatch(tx);
  const made: Made = { records: new NumberSet(), links: new NumberSet() };
  for (let after = -1; ; ) {
    const page = await readBatch(tx, catalogue.workspace, { batch, after, limit: pageSize });
    const names = await RecordNames.load(tx, catalogue, namedBy, numbersIn(catalogue, page), made.records);
    for (const change of page) {
      if (change.kind === 'created') made.records.add(change.number);
      const item = itemOf(catalogue, names, made, change);
      if (change.kind === 'linked') made.links.add(change.link_number ?? 0);
      if (item === undefined) continue;
      const issues = change.place === null ? [] : issuesAt(change.place);
      items.add(issues.length === 0 ? item : { ...item, issues });
    }
    after = page.at(-1)?.row ?? after;
    if (page.length < pageSize) return;
  }
}

/** Items of records of which no change row tells, each with the version that it has before. */
export async function collectRecords(
  tx: Transaction,
  { catalogue, items, namedBy }: Collecting,
  action: PlanAction,
  type: string,
  records: readonly { readonly number: number; readonly version: number }[],
): Promise<void> {
  if (records.length === 0) return;
  const numbers = records.map(({ number }) => number);
  const names = await RecordNames.load(tx, catalogue, namedBy, numbers, new NumberSet());
  const nothing = { row: null, fields: [], link: null, forced: [], issues: [] };
  for (const { number, version } of records) {
    const record = names.of(number, type);
    items.add({ ...nothing, action, type, key: record.key, record, version });
  }
}

/** What the transaction itself has made, as far as it was read: its numbers mean nothing once that is undone. */
type Made = { readonly records: NumberSet; readonly links: NumberSet };

/** What some records are called. */
export class RecordNames {
  readonly #catalogue: Catalogue;
  readonly #namedBy: NamedBy;
  readonly #rows: ReadonlyMap<number, RecordRow>;
  readonly #made: NumberSet;

  private constructor(catalogue: Catalogue, namedBy: NamedBy, rows: readonly RecordRow[], made: NumberSet) {
    this.#catalogue = catalogue;
    this.#namedBy = namedBy;
    this.#rows = new Map(rows.map((row) => [row.number, row]));
    this.#made = made;
  }

  static async load(
    tx: Transaction,
    catalogue: Catalogue,
    namedBy: NamedBy,
    numbers: readonly number[],
    made: NumberSet,
  ): Promise<RecordNames> {
    const rows = await readRecords(tx, catalogue.workspace, { numbers, keys: [] });
    return new RecordNames(catalogue, namedBy, rows, made);
  }

  typeOf(number: number): RecordType | undefined {
    return this.#catalogue.typesById.get(this.#rows.get(number)?.type ?? 0);
  }

  /** @param typeKey for one that is not there. @param before the values that it had, where it may have lost its key. */
  of(number: number, typeKey: string, before: Values = {}): PlannedRecord {
    const row = this.#rows.get(number);
    const type = this.typeOf(number);
    if (row === undefined || type === undefined)
      return { type: typeKey, number, id: guidOf('record', this.#catalogue.workspace, number), key: null };
    const values = valuesOf(row);
    const key = this.#keyIn(type, values) ?? this.#keyIn(type, before);
    return this.#made.has(number)
      ? { type: type.key, number: null, id: null, key }
      : { type: type.key, number, id: guidOf('record', this.#catalogue.workspace, number), key };
  }

  #keyIn(type: RecordType, values: Readonly<Values>): string | null {
    const first = type.key === this.#namedBy?.type ? type.fieldsByKey.get(this.#namedBy.field) : undefined;
    for (const field of first === undefined ? type.matchFields : [first, ...type.matchFields]) {
      const value = values[field.id];
      if (value !== undefined && value !== null) return String(value);
    }
    return null;
  }
}

function numbersIn(catalogue: Catalogue, page: readonly ChangeRow[]): number[] {
  const numbers = new Set<number>();
  for (const { number, other_number: other, link_type: link, before, after } of page) {
    numbers.add(number);
    if (other !== null) numbers.add(other);
    if (link !== null) continue;
    // Which of them are lookups is known once the record's type is: what is too much is asked for in vain.
    for (const values of [before, after]) {
      for (const [id, value] of Object.entries(values ?? {})) {
        if (typeof value === 'number' && lookupIds(catalogue).has(Number(id))) numbers.add(value);
      }
    }
  }
  return [...numbers];
}

const lookupsOf = new WeakMap<Catalogue, ReadonlySet<number>>();

function lookupIds(catalogue: Catalogue): ReadonlySet<number> {
  const known = lookupsOf.get(catalogue);
  if (known !== undefined) return known;
  const ids = new Set([...catalogue.types.values()].flatMap((type) => type.lookups.map(({ id }) => id)));
  lookupsOf.set(catalogue, ids);
  return ids;
}

/** undefined: the schema has its type no more. */
function itemOf(catalogue: Catalogue, names: RecordNames, made: Made, change: ChangeRow): PlanItem | undefined {
  const action = actionOf[change.kind];
  if (change.link_type !== null) return linkItem(catalogue, names, made, change, action);
  const type = names.typeOf(change.number);
  if (type === undefined) return undefined;
  const record = names.of(change.number, type.key, change.before ?? {});
  return {
    action,
    type: type.key,
    key: record.key,
    record: record.number === null ? null : record,
    version: record.number === null || change.version === null ? null : change.version - 1,
    row: change.place,
    fields: fieldsOf(names, type, change),
    link: null,
    forced: (change.forced ?? []).flatMap((id) => type.fieldsById.get(id)?.key ?? []),
    issues: [],
  };
}

function fieldsOf(names: RecordNames, type: RecordType, { before, after }: ChangeRow): PlannedField[] {
  const value = (values: ChangeRow['before'], id: string): unknown => {
    const stored = values?.[id] ?? null;
    const link = type.fieldsById.get(Number(id))?.link;
    return link && typeof stored === 'number' ? names.of(stored, link.right) : stored;
  };
  const ids = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...ids].flatMap((id): PlannedField[] => {
    const field = type.fieldsById.get(Number(id));
    return field === undefined ? [] : [{ field: field.key, before: value(before, id), after: value(after, id) }];
  });
}

function linkItem(
  catalogue: Catalogue,
  names: RecordNames,
  made: Made,
  change: ChangeRow,
  action: PlanAction,
): PlanItem | undefined {
  const type = catalogue.linksById.get(change.link_type ?? 0);
  if (type === undefined) return undefined;
  const state = (values: ChangeRow['before']) =>
    values && {
      role: type.roles.find(({ number }) => number === values.role)?.name ?? null,
      attributes: (values.attributes as Readonly<Record<string, unknown>> | undefined) ?? {},
    };
  const left = names.of(change.number, type.left);
  return {
    action,
    type: type.left,
    key: left.key,
    record: null,
    version: null,
    row: change.place,
    fields: [],
    link: {
      link: type.key,
      number: action === 'link' || made.links.has(change.link_number ?? 0) ? null : change.link_number,
      left,
      right: names.of(change.other_number ?? 0, type.right),
      before: state(change.before),
      after: state(change.after),
    },
    forced: change.forced === null ? [] : [type.key],
    issues: [],
  };
}

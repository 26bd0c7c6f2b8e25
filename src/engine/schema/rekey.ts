/** A match field gets another key rule: which of its stored keys would become one, and how all are brought into their new form. */
import { hash } from 'node:crypto';
import { clock } from '../../model/clock.ts';
import { type KeyRule, keyForm } from '../../model/key-rule.ts';
import {
  listPendingLinks,
  type PendingRow,
  putPendingLinks,
  removePendingLinks,
} from '../../store/links/pending-links.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import { type Alias, deleteAliases, putAliases } from '../../store/records/aliases.ts';
import { deleteKeys, externalIdField, insertKeys, type Key, valuesOf } from '../../store/records/records.ts';
import { claimExternalIds, dropSpellings, freeExternalIds, readFormerKeys } from '../../store/records/rekey.ts';
import { type MatchFieldPlace, readSpellings, type Spelled } from '../../store/records/spellings.ts';
import { readRecords } from '../../store/records/wanted-records.ts';
import { keyLimits } from '../values.ts';

const batchSize = 2_000;
const mostShown = 20;
const mostHoldersShown = 5;

/** `link_types`: those whose left, or right, records are of the field's type. */
export type Rekeying = MatchFieldPlace & {
  /** null: it was no match field. */
  readonly before: KeyRule | null;
  readonly after: KeyRule;
  readonly lefts: readonly number[];
  readonly rights: readonly number[];
};

/** Live records that a rule would give one key. */
export type Collision = { readonly form: string; readonly holders: readonly Spelled[]; readonly more: number };
export type Collisions = {
  readonly count: number;
  /** The first of them. */
  readonly shown: readonly Collision[];
  /** Values that cannot be keys by the rule: nothing is left of them, or too much. */
  readonly unfit: number;
};

async function* spellings(
  tx: Transaction,
  workspace: number,
  place: MatchFieldPlace,
  live: boolean,
): AsyncGenerator<Spelled[]> {
  for (let after = 0; ; ) {
    const rows = await readSpellings(tx, workspace, place, { live, after, limit: batchSize });
    if (rows.length > 0) yield rows;
    if (rows.length < batchSize) return;
    after = rows.at(-1)?.number ?? after;
  }
}

const isFit = (form: string): boolean => form !== '' && Buffer.byteLength(form) <= keyLimits.bytes;
/** Eight bytes a key, so that a type of many records can be checked in memory. */
const fingerprint = (form: string): bigint => hash('sha256', form, 'buffer').readBigUInt64LE(0);

export async function findKeyCollisions(
  tx: Transaction,
  workspace: number,
  place: MatchFieldPlace,
  rule: KeyRule,
): Promise<Collisions> {
  let prints = new BigUint64Array(batchSize);
  let [size, unfit] = [0, 0];
  for await (const rows of spellings(tx, workspace, place, true)) {
    for (const { spelling } of rows) {
      const form = keyForm(rule, spelling);
      if (!isFit(form)) unfit += 1;
      if (size === prints.length) {
        const grown = new BigUint64Array(size * 2);
        grown.set(prints);
        prints = grown;
      }
      prints[size++] = fingerprint(form);
    }
  }
  const sorted = prints.subarray(0, size).sort();
  const twice = sorted.filter((print, at) => print === sorted[at - 1] && print !== sorted[at - 2]);
  return {
    count: twice.length,
    shown: await collisionsOf(tx, workspace, place, rule, twice.slice(0, mostShown)),
    unfit,
  };
}

async function collisionsOf(
  tx: Transaction,
  workspace: number,
  place: MatchFieldPlace,
  rule: KeyRule,
  prints: BigUint64Array,
): Promise<Collision[]> {
  if (prints.length === 0) return [];
  const wanted = new Set(prints);
  const found = new Map<string, { holders: Spelled[]; more: number }>();
  for await (const rows of spellings(tx, workspace, place, true)) {
    for (const row of rows) {
      const form = keyForm(rule, row.spelling);
      if (!wanted.has(fingerprint(form))) continue;
      const at = found.get(form) ?? { holders: [], more: 0 };
      found.set(form, at);
      if (at.holders.length < mostHoldersShown) at.holders.push(row);
      else at.more += 1;
    }
  }
  return [...found].map(([form, at]) => ({ form, ...at }));
}

/** All that is stored under the field's keys. The caller has found that they do not collide. */
export async function rekey(tx: Transaction, workspace: number, of: Rekeying): Promise<void> {
  if (of.before !== null) for (const live of [true, false]) await freeKeys(tx, workspace, of, of.before, live);
  await claimKeys(tx, workspace, of);
  await claimKeysOfTombstones(tx, workspace, of);
  await rekeyAliases(tx, workspace, of);
  await rekeyPendingLinks(tx, workspace, of);
}

type Changed = Spelled & { readonly form: string };

const formsOf = (rows: readonly Spelled[], { after }: Rekeying): Changed[] =>
  rows.map((row) => ({ ...row, form: keyForm(after, row.spelling) }));

const changedIn = (rows: readonly Spelled[], of: Rekeying): Changed[] =>
  formsOf(rows, of).filter(({ spelling, form }) => of.before === null || keyForm(of.before, spelling) !== form);

const keyAt = ({ type, field }: MatchFieldPlace, value: string): Key => ({ type, field, value });

/** All go before any comes: one may take the form that another has left. */
async function freeKeys(
  tx: Transaction,
  workspace: number,
  of: Rekeying,
  before: KeyRule,
  live: boolean,
): Promise<void> {
  for await (const rows of spellings(tx, workspace, of, live)) {
    // A tombstone whose key stays as it is may have what becomes the key of a live record: all of them let go.
    const changed = live ? changedIn(rows, of) : formsOf(rows, of);
    if (changed.length === 0) continue;
    if (of.field === externalIdField) freeExternalIds(tx, workspace, changed);
    else
      deleteKeys(
        tx,
        workspace,
        changed.map(({ spelling }) => keyAt(of, keyForm(before, spelling))),
      );
  }
}

async function claimKeys(tx: Transaction, workspace: number, of: Rekeying): Promise<void> {
  for await (const rows of spellings(tx, workspace, of, true)) claim(tx, workspace, of, changedIn(rows, of));
}

function claim(tx: Transaction, workspace: number, of: Rekeying, rows: readonly Changed[]): void {
  if (rows.length === 0) return;
  if (of.field === externalIdField) claimExternalIds(tx, workspace, rows);
  else
    insertKeys(
      tx,
      workspace,
      rows.map(({ number, form }) => ({ ...keyAt(of, form), number })),
    );
}

/** A tombstone lets go of a key that somebody else has, and of two tombstones the older one does. */
async function claimKeysOfTombstones(tx: Transaction, workspace: number, of: Rekeying): Promise<void> {
  for await (const rows of spellings(tx, workspace, of, false)) {
    const changed = formsOf(rows, of);
    const last = new Map(changed.map((row) => [row.form, row]));
    const taken = await formsTaken(tx, workspace, of, [...last.keys()]);
    const claimed = [...last.values()].filter(({ form }) => isFit(form) && !taken.has(form));
    const kept = new Set(claimed);
    const dropped = changed.filter((row) => !kept.has(row)).map(({ number }) => number);
    claim(tx, workspace, of, claimed);
    if (dropped.length > 0) dropSpellings(tx, workspace, of.field, dropped);
  }
}

/** Which of the forms are keys of records by the new rule. */
async function formsTaken(
  tx: Transaction,
  workspace: number,
  of: Rekeying,
  forms: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await readRecords(tx, workspace, { numbers: [], keys: forms.map((form) => keyAt(of, form)) });
  return new Set(rows.map((row) => keyForm(of.after, String(valuesOf(row)[of.field]))));
}

/** Former keys give way to keys, and of two that become one, one stays. */
async function rekeyAliases(tx: Transaction, workspace: number, of: Rekeying): Promise<void> {
  for (let after = ''; ; ) {
    const rows = await readFormerKeys(tx, workspace, of, { after, limit: batchSize });
    const changed = rows
      .map((row) => ({ ...row, form: keyForm(of.after, row.spelling) }))
      .filter(({ value, form }) => value !== form);
    if (changed.length > 0) {
      deleteAliases(
        tx,
        workspace,
        changed.map(({ value }) => keyAt(of, value)),
      );
      const taken = await formsTaken(
        tx,
        workspace,
        of,
        changed.map(({ form }) => form),
      );
      const free = changed.filter(({ form }) => isFit(form) && !taken.has(form));
      const made = new Map(
        free.map(({ form, number, spelling }): [string, Alias] => [form, { ...keyAt(of, form), number, spelling }]),
      );
      if (made.size > 0) putAliases(tx, workspace, [...made.values()]);
    }
    if (rows.length < batchSize) return;
    after = rows.at(-1)?.value ?? after;
  }
}

/** Of two that wait for the same now, the one that was asked for later stays. */
async function rekeyPendingLinks(tx: Transaction, workspace: number, of: Rekeying): Promise<void> {
  const types = [...new Set([...of.lefts, ...of.rights])].map((link_type) => ({ link_type, left: null, right: null }));
  if (types.length === 0) return;
  const query = { types, byKey: false, state: null, now: clock.now(), limit: batchSize };
  for (let after = 0; ; ) {
    const rows = await listPendingLinks(tx, workspace, { ...query, after });
    const changed = rows.flatMap((row) => rekeyed(row, of) ?? []);
    if (changed.length > 0) {
      removePendingLinks(
        tx,
        workspace,
        changed.map(({ number }) => number),
      );
      const places = changed.map((row): [string, PendingRow] => [placeOf(row), row]);
      putPendingLinks(tx, workspace, [...new Map(places).values()]);
    }
    if (rows.length < batchSize) return;
    after = rows.at(-1)?.number ?? after;
  }
}

const placeOf = (row: PendingRow): string =>
  JSON.stringify([row.link_type, row.slot, row.left_field, row.left_value, row.right_field, row.right_value]);

function rekeyed(row: PendingRow, { field, after, lefts, rights }: Rekeying): PendingRow | undefined {
  const left = lefts.includes(row.link_type) && row.left_field === field;
  const right = rights.includes(row.link_type) && row.right_field === field;
  const spelt = (spelling: string): { value: string; spelling: string | null } => {
    const value = keyForm(after, spelling);
    return { value, spelling: value === spelling ? null : spelling };
  };
  const [l, r] = [spelt(row.left_spelling ?? row.left_value), spelt(row.right_spelling ?? row.right_value)];
  const now = {
    ...row,
    ...(left ? { left_value: l.value, left_spelling: l.spelling } : {}),
    ...(right ? { right_value: r.value, right_spelling: r.spelling } : {}),
  };
  return now.left_value === row.left_value && now.right_value === row.right_value ? undefined : now;
}

/**
 * Erases a record: its values are taken away wherever they are kept, and a bare tombstone is left that no key finds. All of it is one
 * transaction. For administrators, whoever owns the record: it is a duty by law. A plan is the same, undone (ADR 0020).
 */
import type { Catalogue, Field, RecordType } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import type { ErasureCounts, ErasureOutcome } from '../../model/erasure.ts';
import { guidOf } from '../../model/ids.ts';
import type { KeyRule } from '../../model/key-rule.ts';
import type { Caller } from '../../model/principal.ts';
import type { Ref } from '../../model/ref.ts';
import { insertCommit } from '../../store/changes/changes.ts';
import * as store from '../../store/cleaning/erasure.ts';
import * as texts from '../../store/cleaning/mentions.ts';
import { keepLinksOff } from '../../store/links/unheld-links.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import { readAliasesOf, readSurvivor } from '../../store/records/aliases.ts';
import type { Key } from '../../store/records/records.ts';
import { findHeldSets } from '../../store/sync/held-deletes.ts';
import { keyOf } from '../keys/key-of.ts';
import { attempt, type WriteContext } from '../write/attempt.ts';
import { LinkWants, Wants } from '../write/commands.ts';
import { remove } from '../write/judging/judge-delete.ts';
import { stampRow } from '../write/judging/judge-upsert.ts';
import {
  matchFieldViolations,
  recordNotFound,
  rejected,
  rejectedFor,
  unknownRecordType,
} from '../write/judging/rejected.ts';
import { holdCatalogue } from '../write/run-batch.ts';
import { loadLinks, loadLookupOwners, loadRows } from '../write/working/load-set.ts';
import { storeSet } from '../write/working/store-set.ts';
import type { WorkingRow, WorkingSet, Writer } from '../write/working/working-set.ts';
import { mentionsOf, wholeKeysOf } from './mentions.ts';
import type { Word } from './spellings.ts';

/** In its form by the rule of its field. */
type KnownKey = Key & { readonly rule: KeyRule };

type Command = { readonly type: string; readonly ref: Ref };

/** Thrown through the transaction of a plan. */
class Planned extends Error {
  readonly outcome: ErasureOutcome;
  constructor(outcome: ErasureOutcome) {
    super('A plan is not to be written');
    this.outcome = outcome;
  }
}

export async function erase(
  context: WriteContext,
  caller: Caller,
  command: Command,
  { plan }: { readonly plan: boolean },
): Promise<ErasureOutcome> {
  if (caller.principal.role !== 'admin') return { kind: 'forbidden' };
  try {
    return await attempt(context, true, async (tx, catalogue): Promise<ErasureOutcome> => {
      await holdCatalogue(tx, catalogue);
      const outcome = await eraseOnce(tx, catalogue, caller, command);
      if (plan && 'counts' in outcome) throw new Planned({ ...outcome, kind: 'planned' });
      return outcome;
    });
  } catch (fault) {
    if (fault instanceof Planned) return fault.outcome;
    throw fault;
  }
}

async function eraseOnce(
  tx: Transaction,
  catalogue: Catalogue,
  caller: Caller,
  { type: typeKey, ref }: Command,
): Promise<ErasureOutcome> {
  const { workspace } = catalogue;
  const type = catalogue.types.get(typeKey);
  if (type === undefined) return rejected(unknownRecordType(catalogue, typeKey));
  const misnamed = rejectedFor(matchFieldViolations(type, ref, 'record'));
  if (misnamed) return misnamed;
  const held = await findHeldSets(tx, workspace);
  if (held.length > 0) return { kind: 'sets_held', runs: held.map((run) => guidOf('run', workspace, run)) };
  const set = await loadRecord(tx, catalogue, type, ref);
  const record = set.find(type, ref);
  // A duplicate lives on in its survivor, and is erased with it.
  if (record === undefined || (await readSurvivor(tx, workspace, record.number)) !== undefined)
    return rejected(recordNotFound(type, ref, 'record'));

  const all = await store.readWithDuplicates(tx, workspace, record.number);
  const numbers = all.map(({ number }) => number);
  await loadDuplicates(tx, set, numbers);
  const rows = numbers.flatMap((number) => set.rows.get(number) ?? []);
  const keys = await keysOf(tx, catalogue, type, rows);
  const links = set.linksOfRecord(record.number).length;
  const fresh = new Set(all.filter(({ erased_at: at }) => at === null).map(({ number }) => number));
  for (const row of rows) if (fresh.has(row.number)) empty(set, { caller, interface: null, run: null }, row);
  const written = await storeSet(tx, set, 0);
  const counts: ErasureCounts = { ...(await sweep(tx, set, type, numbers, keys)), links };
  if (written > 0) insertCommit(tx, workspace, set.now, written);
  const isErased = Object.values(counts).some((count) => count > 0);
  return { kind: isErased ? 'erased' : 'unchanged', record: set.pointer(record), counts };
}

/** The record, a tombstone too, with all of its links and the records whose lookups show it. */
async function loadRecord(tx: Transaction, catalogue: Catalogue, type: RecordType, ref: Ref): Promise<WorkingSet> {
  const wants = new Wants(catalogue);
  wants.addRef(type, ref);
  const { set } = await loadRows(tx, catalogue, clock.now(), wants.wanted);
  await keepLinksOff(tx, catalogue.workspace);
  const links = new LinkWants();
  const numbers = [...set.rows.keys()];
  for (const number of numbers) links.addRecord(number);
  await loadLinks(tx, set, links);
  await loadLookupOwners(tx, set, numbers);
  return set;
}

async function loadDuplicates(tx: Transaction, set: WorkingSet, numbers: readonly number[]): Promise<void> {
  const missing = numbers.filter((number) => !set.rows.has(number));
  if (missing.length === 0) return;
  const { set: others } = await loadRows(tx, set.catalogue, set.now, { numbers: missing, keys: [] });
  for (const { stored } of others.rows.values()) if (stored !== null) set.addStoredRow(stored);
}

/** All that ever found one of them, as far as it is known, by the rules that hold now. */
async function keysOf(
  tx: Transaction,
  { workspace }: Catalogue,
  type: RecordType,
  rows: readonly WorkingRow[],
): Promise<KnownKey[]> {
  const numbers = rows.map(({ number }) => number);
  const keys = new Map<string, KnownKey>();
  const add = (field: Field, value: unknown): void => {
    if (value === undefined || value === null) return;
    const key = keyOf(type, field, value);
    keys.set(`${key.field} ${key.value}`, { ...key, rule: field.keyRule });
  };
  for (const field of type.matchFields) {
    for (const row of rows) add(field, row.values[field.id]);
    for (const value of await store.readFormerValues(tx, workspace, numbers, [field.id])) add(field, value);
  }
  for (const number of numbers)
    for (const alias of await readAliasesOf(tx, workspace, number)) {
      const field = type.matchFields.find(({ id }) => id === alias.field);
      if (field !== undefined) add(field, alias.spelling);
    }
  return [...keys.values()];
}

/** A live record is deleted first, so that whoever follows the feed and knows of deletes only lets go of it as well. */
function empty(set: WorkingSet, writer: Writer, row: WorkingRow): void {
  if (row.deletedAt === null) remove(set, writer, row);
  set.clearValues(row);
  stampRow(set, writer, row);
  set.note(writer, { kind: 'erased', number: row.number, version: row.version, before: null, after: null });
}

async function sweep(
  tx: Transaction,
  { catalogue, now }: WorkingSet,
  type: RecordType,
  numbers: readonly number[],
  keys: readonly KnownKey[],
): Promise<Omit<ErasureCounts, 'links'>> {
  const { workspace } = catalogue;
  const words = keys.map(({ value: form, rule }): Word => ({ form, rule }));
  const ids = numbers.map((number): Word => ({ form: guidOf('record', workspace, number), rule: ['fold'] }));
  const mentions = mentionsOf([...words, ...ids]);
  const wholeKeys = wholeKeysOf(words);
  const ends = [...catalogue.links.values()];
  const sides = {
    lefts: ends.flatMap(({ id, left }) => (left === type.key ? [id] : [])),
    rights: ends.flatMap(({ id, right }) => (right === type.key ? [id] : [])),
  };
  const interfaces = [...catalogue.interfaces.values()].map(({ id }) => id);
  await store.forgetElements(tx, workspace, interfaces, numbers);
  await store.deleteAliasesOf(tx, workspace, numbers);
  await texts.deleteStagedMentions(tx, workspace, mentions);
  const records = await store.emptyRecords(tx, workspace, numbers, now);
  return {
    records,
    keys: records > 0 ? keys.length : 0,
    changes: await store.emptyChanges(tx, workspace, numbers),
    issues: await texts.emptyIssues(tx, workspace, { numbers, keys: wholeKeys, mentions }),
    elements: await texts.emptyElements(tx, workspace, { numbers, keys: wholeKeys, mentions }),
    rejected_rows: await texts.emptyRejections(tx, workspace, { type: type.key, keys: wholeKeys, mentions }),
    failures: await texts.emptyFailures(tx, workspace, mentions),
    answers:
      (await texts.deleteAnswers(tx, workspace, mentions)) +
      (await texts.deleteJobs(tx, workspace, { numbers, mentions })),
    pending_links: await store.deletePendingOf(tx, workspace, sides, keys, numbers),
    plans: await texts.deletePlans(tx, workspace, mentions),
    deliveries: await store.emptyDeliveries(tx, workspace, numbers),
    refusals: await store.deleteRefusalsOf(tx, workspace, numbers),
  };
}

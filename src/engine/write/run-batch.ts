/** One batch of writes in one transaction: lock and read, judge each command in order, write, take a place in the change feed. */
import type { Catalogue, RecordType } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import type { DeleteOutcome, LinkOutcome, StaleLink, UnlinkOutcome, UpsertOutcome } from '../../model/outcomes.ts';
import type { DeferOutcome, WithdrawOutcome } from '../../model/pending.ts';
import type { Caller } from '../../model/principal.ts';
import type { RecordView } from '../../model/record.ts';
import { insertCommit } from '../../store/changes/changes.ts';
import { barUnheldLinks, seeUnheldLinks, waitForUnheldLinks } from '../../store/links/unheld-links.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import type { Wanted } from '../../store/records/wanted-records.ts';
import { holdSchemaVersion } from '../../store/schemas.ts';
import type { IdempotencyKeyReused } from '../hub-errors.ts';
import { addCommand, addLinksOf, LinkWants, mostNumbersFor, Wants, type WriteCommand } from './commands.ts';
import { judgeDelete } from './judging/judge-delete.ts';
import { judgeUpsert } from './judging/judge-upsert.ts';
import type { NumberPool } from './number-pool.ts';
import { Once } from './once.ts';
import { joinPending, type OtherEnds } from './pending/join-pending.ts';
import { judgeLinkOrDefer, judgeUnlinkOrWithdraw } from './pending/judge-pending.ts';
import { PendingLinks } from './pending/pending.ts';
import { checkUnheld, loadEnds, mustSeeLinks, needsNoHold } from './unheld-links.ts';
import { type FindStored, findStoredOf } from './working/coming-keys.ts';
import { loadFreeRows, loadLinkStamps, loadLinks, loadLookupOwners, loadRows } from './working/load-set.ts';
import { loadNumberings } from './working/numberings.ts';
import { storeSet } from './working/store-set.ts';
import type { WorkingRow, WorkingSet, Writer } from './working/working-set.ts';

export type WriteOutcome<Shown = RecordView> =
  | UpsertOutcome<Shown>
  | DeleteOutcome
  | LinkOutcome
  | UnlinkOutcome
  | StaleLink
  | DeferOutcome
  | WithdrawOutcome;
/** `place`: of the row of an import that it comes from. */
export type WriteItem = { readonly caller: Caller; readonly command: WriteCommand; readonly place?: number };

/** The schema changed since this catalogue was made: judge again by the new one. */
export class StaleCatalogue extends Error {}

/** The outcome of a command that touches a record which another transaction holds: it was not judged, and nobody waited for it. */
export const held = Symbol('held');

export type BatchOutcome<Shown = RecordView> = WriteOutcome<Shown> | IdempotencyKeyReused | typeof held;

export type BatchOptions<Shown> = {
  /** Wait for records that other transactions hold, rather than leave their commands out. */
  readonly wait: boolean;
  /** Take the records of upserts, or the links, to be new, without a look: one that is there after all loses the race of its keys. */
  readonly assumesNew?: boolean;
  readonly ends?: OtherEnds;
  /** Links may be made without holding their records, where nothing speaks against it. The transaction is short. */
  readonly unheld?: UnheldLinks;
  /** What an outcome shall show of its record, as it is at that moment. */
  readonly show: (set: WorkingSet, row: WorkingRow) => Shown;
  /** Called when all rows are read, and locked: they are judged when it resolves. */
  readonly locked?: () => Promise<void>;
  /** Called when all is judged: what is to be written is sent when it resolves. */
  readonly turn?: (tx: Transaction, outcomes: readonly BatchOutcome<Shown>[]) => Promise<void>;
  /** The batch is a part of a larger transaction, which takes the place in the feed of all its parts itself. */
  readonly within?: Within;
};

/**
 * Shared by the chunks of an import, which are written side by side. Once one holds its records, to change or remove links, all behind it
 * do, and wait for it; those before it may still be making links without, which it waits for before it looks for links.
 */
export type UnheldLinks = { holds: boolean };

export type Within = {
  /** How many change rows the transaction has written so far. */
  changes: number;
  /** It is a plan's: nothing of it will be there for anybody to find. */
  readonly undone: boolean;
};

export async function runBatch<Shown>(
  tx: Transaction,
  catalogue: Catalogue,
  numbers: NumberPool,
  items: readonly WriteItem[],
  { wait, assumesNew = false, ends: otherEnds, unheld, show, locked, turn, within }: BatchOptions<Shown>,
): Promise<BatchOutcome<Shown>[]> {
  const now = clock.now();
  const wants = new Wants(catalogue);
  const most = { records: 0, links: 0 };
  const load = wait ? loadRows : loadFreeRows;
  const skipsLook = assumesNew && items.every(({ command }) => isByKeysAlone(catalogue, command));
  for (const { command } of items) {
    if (!skipsLook) addCommand(wants, catalogue, command);
    const { records, links } = mostNumbersFor(catalogue, command);
    most.records += records;
    most.links += links;
  }
  const commands = items.map(({ command }) => command);
  const wanted = withOthers(wants.wanted, otherEnds?.wanted ?? null);
  const leavesUnheld = unheld?.holds === false && commands.every((command) => needsNoHold(catalogue, command));
  const mustSeeAll = commands.some(mustSeeLinks);
  // Statements that do not need each other's answers are sent together: a round trip costs more than most of them.
  const holding = holdCatalogue(tx, catalogue);
  const [marked, once, ends, loaded, isLinking, reserved] = await Promise.all([
    holding,
    Once.load(
      tx,
      catalogue.workspace,
      items.map((item) => item.caller),
    ),
    leavesUnheld ? loadEnds(tx, catalogue, now, wanted, commands, holding) : undefined,
    leavesUnheld ? undefined : load(tx, catalogue, now, wanted),
    mustSeeAll && barUnheldLinks(tx, catalogue.workspace),
    numbers.reserve(tx, most),
  ]);
  const { set, heldRows } = ends ?? loaded ?? (await load(tx, catalogue, now, wanted));
  if (isLinking && wait) await waitForUnheldLinks(tx, catalogue.workspace);
  if (unheld !== undefined && ends === undefined) {
    unheld.holds = true;
    await seeUnheldLinks(tx, catalogue.workspace);
  }
  set.giveNumbers(reserved);
  const isFree = items.map(
    ({ command }) =>
      (heldRows.size === 0 || !touches(set, command, heldRows)) && (wait || !isLinking || !mustSeeLinks(command)),
  );
  const free = items.flatMap(({ command }, index) => (isFree[index] ? [command] : []));
  const find = findStoredOf(set, free);
  if (ends === undefined || !assumesNew) await loadLinksOf(tx, set, find, free);
  await loadNumberings(tx, set, numberedTypes(catalogue, free));
  await loadLinkStamps(tx, set, find, free);
  const pending = await PendingLinks.load(tx, set, marked, free);
  await locked?.();
  const outcomes = items.map(({ caller, command, place = null }, index): BatchOutcome<Shown> => {
    if (!isFree[index]) return held;
    const recalled = once.recall(caller);
    if (recalled !== undefined) return recalled as BatchOutcome<Shown>;
    set.place = place;
    set.beginWrite('stamp' in command ? command.stamp : undefined);
    const outcome = judge(set, pending, writerOf(caller, command), command, show);
    once.remember(caller, outcome);
    return outcome;
  });
  numbers.giveBack(set.numbersLeft());
  if (!within?.undone) pending.checkMarks();
  if (ends !== undefined) checkUnheld(set);
  const before = within?.changes ?? 0;
  const written = await storeSet(tx, set, before, { turn: turn && (() => turn(tx, outcomes)) });
  pending.store(tx, set);
  const joined = await joinPending(tx, set, marked, before + written, otherEnds);
  once.store(tx, catalogue.workspace, now);
  if (within !== undefined) within.changes += written + joined;
  else if (written + joined > 0) insertCommit(tx, catalogue.workspace, now, written + joined);
  return outcomes;
}

const withOthers = (wanted: Wanted, others: Wanted | null): Wanted =>
  others === null
    ? wanted
    : {
        numbers: [...wanted.numbers, ...others.numbers],
        keys: [...wanted.keys, ...others.keys],
        aliased: [...(wanted.aliased ?? []), ...(others.aliased ?? [])],
      };

/** The catalogue stays true until the transaction ends. @returns the link types that links may be waiting of. */
export async function holdCatalogue(tx: Transaction, catalogue: Catalogue): Promise<ReadonlySet<number>> {
  const schema = await holdSchemaVersion(tx, catalogue.workspace);
  if (schema?.version !== catalogue.version) throw new StaleCatalogue();
  return schema.pending_links.length === 0 ? nothingWaits : new Set(schema.pending_links);
}
const nothingWaits: ReadonlySet<number> = new Set();

/** Whether the unique indexes tell all that a look at other records would, if the record is new. */
function isByKeysAlone(catalogue: Catalogue, command: WriteCommand): boolean {
  if (command.kind !== 'upsert' || command.mode === 'update' || command.ref?.by !== 'key') return false;
  const type = catalogue.types.get(command.type);
  return type !== undefined && type.lookups.length === 0 && !type.aliased && command.number === undefined;
}

/** The types that number their records, of those that the commands may make. */
function numberedTypes(catalogue: Catalogue, commands: readonly WriteCommand[]): RecordType[] {
  if (!catalogue.hasNumbered) return [];
  return commands.flatMap((command) => {
    const mayCreate = command.kind === 'upsert' && command.mode !== 'update';
    return (mayCreate && catalogue.types.get(command.type)) || [];
  });
}

/** Whether a command names one of these rows, or claims a value that one of them has. */
function touches(set: WorkingSet, command: WriteCommand, rows: ReadonlySet<number>): boolean {
  const wants = new Wants(set.catalogue);
  addCommand(wants, set.catalogue, command);
  const { numbers, keys } = wants.wanted;
  return numbers.some((number) => rows.has(number)) || keys.some((key) => rows.has(set.numberOfKey(key) ?? 0));
}

async function loadLinksOf(
  tx: Transaction,
  set: WorkingSet,
  find: FindStored,
  commands: readonly WriteCommand[],
): Promise<void> {
  const links = new LinkWants();
  const deleted: number[] = [];
  for (const command of commands) {
    addLinksOf(links, set.catalogue, find, command);
    const type = command.kind === 'delete' ? set.catalogue.types.get(command.type) : undefined;
    if (type === undefined || command.kind !== 'delete') continue;
    deleted.push(...find(type, command.ref).map(({ number }) => number));
  }
  await loadLinks(tx, set, links);
  await loadLookupOwners(tx, set, deleted);
}

const writerOf = (caller: Caller, command: WriteCommand): Writer => ({
  caller,
  interface: null,
  run: null,
  ...('force' in command && { force: command.force }),
});

function judge<Shown>(
  set: WorkingSet,
  pending: PendingLinks,
  writer: Writer,
  command: WriteCommand,
  show: (set: WorkingSet, row: WorkingRow) => Shown,
): WriteOutcome<Shown> {
  switch (command.kind) {
    case 'upsert':
      return judgeUpsert(set, writer, command, (row) => show(set, row));
    case 'delete':
      return judgeDelete(set, writer, command);
    case 'link':
      return judgeLinkOrDefer(set, pending, writer, command);
    case 'unlink':
      return judgeUnlinkOrWithdraw(set, pending, writer, command);
  }
}

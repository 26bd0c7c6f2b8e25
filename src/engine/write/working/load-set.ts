/** Fills a working set: the rows that are wanted, locked, and the links of theirs that a command may touch. */
import type { Catalogue } from '../../../model/catalogue.ts';
import { clock } from '../../../model/clock.ts';
import { readLinkStamps } from '../../../store/links/link-stamps.ts';
import { readLinks } from '../../../store/links/links.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { type Alias, readAliases } from '../../../store/records/aliases.ts';
import type { RecordRow } from '../../../store/records/records.ts';
import { lockFreeRecords, lockRecords, readRecords, type Wanted } from '../../../store/records/wanted-records.ts';
import type { LinkWants, WriteCommand } from '../commands.ts';
import type { FindStored } from './coming-keys.ts';
import { linkStampPairs } from './link-stamps.ts';
import { WorkingSet } from './working-set.ts';

export type Loaded = { readonly set: WorkingSet; readonly heldRows: ReadonlySet<number> };
const none: ReadonlySet<number> = new Set();

/** The rows that are wanted, locked, in a new working set. */
export async function loadRows(tx: Transaction, catalogue: Catalogue, now: Date, wanted: Wanted): Promise<Loaded> {
  const set = new WorkingSet(catalogue, now);
  const rows = lockRecords(tx, catalogue.workspace, wanted);
  const aliases = loadAliases(tx, set, wanted);
  for (const row of await rows) set.addStoredRow(row);
  await addAliases(tx, set, await aliases);
  return { set, heldRows: none };
}

/** The same of rows that this transaction has locked, and read, before. */
export function setOfRows(catalogue: Catalogue, rows: readonly RecordRow[]): WorkingSet {
  const set = new WorkingSet(catalogue, clock.now());
  for (const row of rows) set.addStoredRow(row);
  return set;
}

/** The same, not locked: to look at only. */
export async function readRows(tx: Transaction, catalogue: Catalogue, wanted: Wanted): Promise<WorkingSet> {
  const set = new WorkingSet(catalogue, clock.now());
  if (wanted.numbers.length + wanted.keys.length === 0) return set;
  const [rows, aliases] = await Promise.all([
    readRecords(tx, catalogue.workspace, wanted),
    readAliases(tx, catalogue.workspace, wanted.aliased ?? []),
  ]);
  for (const row of rows) set.addStoredRow(row);
  for (const alias of aliases) set.addAlias(alias);
  return set;
}

/** The same without waiting: `heldRows` are those that another transaction holds. */
export async function loadFreeRows(tx: Transaction, catalogue: Catalogue, now: Date, wanted: Wanted): Promise<Loaded> {
  const set = new WorkingSet(catalogue, now);
  const rows = lockFreeRecords(tx, catalogue.workspace, wanted);
  const aliases = loadAliases(tx, set, wanted);
  const { free, held: numbers } = await rows;
  for (const row of free) set.addStoredRow(row);
  // Which commands they are of is told by the keys that they were committed with last.
  const others = await readRecords(tx, catalogue.workspace, { numbers, keys: [] });
  for (const row of others) set.addStoredRow(row);
  // Whoever holds one may have committed just now, and left its key as a former one.
  await addAliases(tx, set, await (numbers.length === 0 ? aliases : loadAliases(tx, set, wanted)));
  return { set, heldRows: new Set(numbers) };
}

const noAliases: Promise<Alias[]> = Promise.resolve([]);

/** Sent behind the statement that locks the rows: what was renamed or merged while that one waited is an alias now. */
function loadAliases(tx: Transaction, set: WorkingSet, { aliased }: Wanted): Promise<Alias[]> {
  if (aliased === undefined || aliased.length === 0) return noAliases;
  const aliases = readAliases(tx, set.catalogue.workspace, aliased);
  aliases.catch(() => {}); // thrown where it is awaited
  return aliases;
}

async function addAliases(tx: Transaction, set: WorkingSet, aliases: readonly Alias[]): Promise<void> {
  if (aliases.length === 0) return;
  const numbers = aliases.map((alias) => alias.number).filter((number) => !set.rows.has(number));
  for (const row of await lockRecords(tx, set.catalogue.workspace, { numbers, keys: [] })) set.addStoredRow(row);
  for (const alias of aliases) set.addAlias(alias);
}

export async function loadLinks(tx: Transaction, set: WorkingSet, wants: LinkWants): Promise<void> {
  const wanted = wants.wanted;
  if (wanted === null) return;
  for (const link of await readLinks(tx, set.catalogue.workspace, wanted)) set.addStoredLink(link);
}

/** A lookup field shows its link: whoever removes such a link from the right-hand end, `numbers`, changes the record that has the field. */
export async function loadLookupOwners(tx: Transaction, set: WorkingSet, numbers: readonly number[]): Promise<void> {
  const owners = numbers.flatMap((number) =>
    set
      .linksOfRecord(number)
      .filter(({ row }) => set.catalogue.linksById.get(row.link_type)?.lookupField && !set.rows.has(row.left_number))
      .map(({ row }) => row.left_number),
  );
  if (owners.length === 0) return;
  const wanted = { numbers: [...new Set(owners)], keys: [] };
  for (const row of await lockRecords(tx, set.catalogue.workspace, wanted)) set.addStoredRow(row);
}

/** Of the links that commands with stamps write, and of records that have had such. */
export async function loadLinkStamps(
  tx: Transaction,
  set: WorkingSet,
  find: FindStored,
  commands: readonly WriteCommand[],
): Promise<void> {
  const isStamped = commands.some((command) => 'stamp' in command && command.stamp !== undefined);
  if (!isStamped && ![...set.rows.values()].some(({ stamps }) => stamps?.links)) return;
  const pairs = new Map<string, ReturnType<typeof linkStampPairs>[number]>();
  for (const command of commands) {
    if (command.kind !== 'link' && command.kind !== 'unlink') continue;
    const type = set.catalogue.types.get(command.from.type);
    const end = type?.linkEnds.get(command.link);
    const other = end && set.catalogue.types.get(end.other);
    if (type === undefined || end === undefined || other === undefined) continue;
    const from = find(type, command.from.ref);
    const to = find(other, command.to.ref);
    if (command.stamp === undefined && ![...from, ...to].some(({ stamps }) => stamps?.links)) continue;
    const [lefts, rights] = end.side === 'left' ? [from, to] : [to, from];
    for (const pair of linkStampPairs(end.link, lefts, rights))
      pairs.set(`${pair.link_type} ${pair.left_number} ${pair.right_number}`, pair);
  }
  if (pairs.size === 0) return;
  for (const row of await readLinkStamps(tx, set.catalogue.workspace, [...pairs.values()]))
    set.linkStamps.addStored(row);
}

/**
 * Links whose records are looked at and not held: what else would have to be kept from happening meanwhile is told by the unique indexes
 * of links, or kept off by `store/links/unheld-links.ts`. ADR 0031 says what each of these conditions is for.
 */
import type { Catalogue, LinkType } from '../../model/catalogue.ts';
import { readEnds } from '../../store/links/link-ends.ts';
import { beginUnheldLinks, settleUnheldLinks } from '../../store/links/unheld-links.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import type { Wanted } from '../../store/records/wanted-records.ts';
import type { WriteCommand } from './commands.ts';
import type { Loaded } from './working/load-set.ts';
import { WorkingSet } from './working/working-set.ts';

/** More is to be written than new links: judge again, and hold the records. */
export class MustHold extends Error {}

/** Whether nothing but the existence of its records, and a place in the unique indexes, decides what it does, if it makes a link. */
export function needsNoHold(catalogue: Catalogue, command: WriteCommand): boolean {
  const link = linkOf(catalogue, command);
  if (link === undefined || command.kind !== 'link') return false;
  if (command.defer !== undefined || command.stamp !== undefined || link.lookupField !== null) return false;
  const isOfOnePlace = link.oncePer === 'pair' || (command.role !== undefined && command.newRole === undefined);
  return isOfOnePlace && isPlain(catalogue, link.left) && isPlain(catalogue, link.right);
}

/**
 * Whether no link of its records may be made unseen beside it: it takes links along, or notes as of when they were made or removed, where each
 * must be noted that is made afterwards.
 */
export const mustSeeLinks = (command: WriteCommand): boolean =>
  command.kind === 'delete' || (command.kind !== 'upsert' && command.stamp !== undefined);

const linkOf = ({ types }: Catalogue, command: WriteCommand): LinkType | undefined =>
  command.kind === 'link' ? types.get(command.from.type)?.linkEnds.get(command.link)?.link : undefined;

/** Its records are found by keys of today, and no complete set remembers what they are linked to. */
const isPlain = (catalogue: Catalogue, type: string): boolean =>
  catalogue.types.get(type)?.aliased === false && !catalogue.synchronisedBy.has(type);

const none: ReadonlySet<number> = new Set();

/** @param marked the link types that links may be waiting of. @returns undefined when the records must be held. */
export async function loadEnds(
  tx: Transaction,
  catalogue: Catalogue,
  now: Date,
  wanted: Wanted,
  commands: readonly WriteCommand[],
  marked: Promise<ReadonlySet<number>>,
): Promise<Loaded | undefined> {
  const [begun, rows, waitedFor] = await Promise.all([
    beginUnheldLinks(tx, catalogue.workspace),
    readEnds(tx, catalogue.workspace, wanted),
    marked,
  ]);
  const mustHold =
    !begun ||
    rows.some(({ stamps }) => stamps !== null) ||
    (waitedFor.size > 0 && commands.some((command) => waitedFor.has(linkOf(catalogue, command)?.id ?? 0)));
  settleUnheldLinks(tx, mustHold);
  if (mustHold) return undefined;
  const set = new WorkingSet(catalogue, now);
  for (const row of rows) set.addEnd(row);
  return { set, heldRows: none };
}

export function checkUnheld(set: WorkingSet): void {
  for (const { row, stored, gone } of set.links) if (stored !== null && (gone || row !== stored)) throw new MustHold();
}

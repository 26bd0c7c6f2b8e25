/** Takes back the changes of a run or import, a chunk at a time, the last ones first, and stores what that comes to. */
import { type Catalogue, type RecordType, systemFieldIds } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import type { RunCounts } from '../../model/runs.ts';
import { shorten } from '../../model/text.ts';
import { keepLinksOff } from '../../store/links/unheld-links.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import type { PlacedIssue } from '../../store/sync/issues.ts';
import type { ChangePlace, LaterChange, PlacedChange } from '../../store/sync/run-changes.ts';
import { noCounts } from '../balance.ts';
import { LinkWants, Wants } from '../write/commands.ts';
import { joinPending } from '../write/pending/join-pending.ts';
import { loadLinks, loadLookupOwners, loadRows } from '../write/working/load-set.ts';
import { storeSet } from '../write/working/store-set.ts';
import type { WorkingRow, WorkingSet, Writer } from '../write/working/working-set.ts';
import { type Left, Undo } from './undo.ts';

/** Of what is left alone, an answer lists as much; all of it is kept. */
export const mostListed = 1_000;

export type Undoing = {
  readonly catalogue: Catalogue;
  readonly writer: Writer;
  /** Of the records whose values are taken back; undefined where only links are. */
  readonly type: RecordType | undefined;
  /** The match field that its sender knows records by. */
  readonly key: string;
  /** The link types that links may be waiting of. */
  readonly waitedFor: ReadonlySet<number>;
  /** What others changed of records, and of their links, behind each one's place. */
  readonly readLater: (records: readonly (ChangePlace & { readonly number: number })[]) => Promise<LaterChange[]>;
};

/** What is left alone, of which record by its key. */
export type LeftAlone = Left & { readonly key: string | null };

/** Records that are back, and such as are gone again. */
export type TakenBack = {
  readonly left: readonly LeftAlone[];
  readonly back: readonly number[];
  readonly gone: readonly number[];
};

export class Undoer {
  readonly #tx: Transaction;
  readonly #undoing: Undoing;
  readonly #counts: { -readonly [Name in keyof RunCounts]: RunCounts[Name] } = { ...noCounts };
  #changes = 0;

  constructor(tx: Transaction, undoing: Undoing) {
    this.#tx = tx;
    this.#undoing = undoing;
  }

  /** received = updated + revived + rejected; deleted is what had been created. */
  get counts(): RunCounts {
    return this.#counts;
  }

  /** Change rows written. */
  get changes(): number {
    return this.#changes;
  }

  async undo(chunk: readonly PlacedChange[]): Promise<TakenBack> {
    const { readLater, writer, waitedFor } = this.#undoing;
    const set = await this.#load(chunk);
    const first = new Map(chunk.map(({ number, batch, row }) => [number, { number, batch, row }]));
    const undo = new Undo(set, writer, await readLater([...first.values()]));
    const left: Left[] = [];
    const [back, gone]: [Set<number>, Set<number>] = [new Set(), new Set()];
    for (const change of chunk) {
      const undone = undo.undo(change);
      left.push(...undone.left);
      if (undone.kind === 'nothing') continue;
      this.#counts[undone.kind] += 1;
      if (undone.kind !== 'deleted') this.#counts.received += 1;
      if (undone.kind === 'revived') back.add(change.number);
      if (undone.kind === 'deleted') gone.add(change.number);
    }
    this.#changes += await storeSet(this.#tx, set, this.#changes);
    this.#changes += await joinPending(this.#tx, set, waitedFor, this.#changes);
    const keyed = left.map((one) => ({ ...one, key: this.#keyOf(set.rows.get(one.number)) }));
    return { left: keyed, back: [...back].sort((a, b) => a - b), gone: [...gone] };
  }

  /** By the field that its sender knows it by; of a link, that of the left record has its external id. */
  #keyOf(row: WorkingRow | undefined): string | null {
    const { type, key } = this.#undoing;
    const field = row !== undefined && row.type === type ? type.fieldsByKey.get(key) : undefined;
    const value = row?.values[field?.id ?? systemFieldIds.external_id];
    return value === undefined || value === null ? null : String(value);
  }

  /** What the changes are about, and who has the keys now that records had before. */
  async #load(chunk: readonly PlacedChange[]): Promise<WorkingSet> {
    const { catalogue, type } = this.#undoing;
    const wants = new Wants(catalogue);
    for (const { number, other_number: other, link_type: link, before } of chunk) {
      wants.addNumber(number);
      if (other !== null) wants.addNumber(other);
      if (link !== null || type === undefined) continue;
      for (const field of type.matchFields) {
        const value = before?.[field.id];
        if (value !== undefined && value !== null) wants.addKey(type, field, String(value));
      }
    }
    const { set } = await loadRows(this.#tx, catalogue, clock.now(), wants.wanted);
    const links = new LinkWants();
    const toGo: number[] = [];
    for (const { kind, number, other_number: other, link_type } of chunk) {
      const link = link_type === null ? undefined : catalogue.linksById.get(link_type);
      if (link !== undefined && other !== null) {
        links.addPair(link, number, other);
        links.addLeft(link, number);
        links.addRight(link, other);
      } else if (kind === 'created' || kind === 'revived') {
        links.addRecord(number);
        toGo.push(number);
      }
    }
    if (toGo.length > 0) await keepLinksOff(this.#tx, catalogue.workspace);
    await loadLinks(this.#tx, set, links);
    await loadLookupOwners(this.#tx, set, toGo);
    return set;
  }
}

export const leftIssue = (
  label: string,
  { number, key, member, reason, value }: LeftAlone,
  place: number,
): PlacedIssue => ({
  severity: 'warning',
  code: 'changed_since',
  key,
  number,
  path: null,
  member,
  value: value === undefined || value.now === null ? null : textOf(value.now),
  message: `${label} ${key ?? number}${member === null ? '' : `, ${member}`} was left as it is: ${reason}.${value === undefined ? '' : ` Before, it was ${shorten(JSON.stringify(value.before ?? null), 100)}.`}`,
  remedy: 'Look at its history, and change it by hand if it should be otherwise.',
  at: clock.now(),
  place,
});

const textOf = (value: unknown): string => shorten(typeof value === 'string' ? value : JSON.stringify(value));

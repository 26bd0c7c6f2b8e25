/**
 * While the elements of a chunk are judged, which takes this process, the database looks up and locks the rows of the chunk behind it. They
 * are as they were before the chunk was written: where it wrote one of them, or a key that was looked for, they are read again.
 */
import type { Catalogue } from '../../../model/catalogue.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { drawNumbers, type Key, type Numbers, type RecordRow, storedValueOf } from '../../../store/records/records.ts';
import { lockRecords, type Wanted } from '../../../store/records/wanted-records.ts';
import { keyOf } from '../../keys/key-of.ts';
import { isChanged } from '../../write/working/store-set.ts';
import type { WorkingSet } from '../../write/working/working-set.ts';

export type Loading<Item> = {
  readonly chunks: AsyncIterable<readonly Item[]>;
  readonly wantedOf: (chunk: readonly Item[]) => Wanted;
  /** Whether the rows of a chunk may be read, and kept in memory, while the one before is judged. */
  readonly mayBeAhead: (chunk: readonly Item[]) => boolean;
  /** Called when another chunk comes behind: whatever that will need can be asked for. */
  readonly ahead: () => void;
  /** @param rows undefined when they are to be read now. */
  readonly load: (
    chunk: readonly Item[],
    wanted: Wanted,
    rows: readonly RecordRow[] | undefined,
  ) => Promise<WorkingSet>;
};

/** Each chunk with its working set, which is to be judged, and sent to be stored, before the next one is asked for. */
export async function* loadedChunks<Item>(
  tx: Transaction,
  { workspace }: Catalogue,
  { chunks, wantedOf, mayBeAhead, ahead, load }: Loading<Item>,
): AsyncGenerator<{ readonly chunk: readonly Item[]; readonly set: WorkingSet }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const next = async (isAhead: boolean) => {
    const { value: chunk, done } = await iterator.next();
    if (done) return undefined;
    const wanted = wantedOf(chunk);
    const rows =
      isAhead && !wanted.aliased?.length && mayBeAhead(chunk) ? lockRecords(tx, workspace, wanted) : undefined;
    rows?.catch(() => {}); // thrown where it is awaited
    return { chunk, wanted, rows };
  };
  let before: WorkingSet | undefined;
  for (let coming = await next(false); coming !== undefined; ) {
    const { chunk, wanted, rows } = coming;
    const found = await rows;
    const isTrue = found !== undefined && before !== undefined && !hasWritten(before, wanted, found);
    const set = await load(chunk, wanted, isTrue ? found : undefined);
    coming = await next(true);
    if (coming !== undefined) ahead();
    await new Promise<void>(process.nextTick); // by then it is sent: judging lets nothing else happen
    yield { chunk, set };
    before = set;
  }
}

/** Whether the set, which was judged, changes any of these rows, or gives a record a key by which they were looked for. Who had such a key is among the rows. */
function hasWritten(set: WorkingSet, { numbers, keys }: Wanted, rows: readonly RecordRow[]): boolean {
  if (set.aliasesMade.size + set.aliasesGone.size > 0) return true;
  const written = new Set<number>();
  const given = new Set<string>();
  for (const row of set.rows.values()) {
    if (!isChanged(row)) continue;
    written.add(row.number);
    for (const field of row.type.matchFields) {
      const value = row.values[field.id];
      const before = row.stored === null ? undefined : storedValueOf(row.stored, field.id);
      if (value !== undefined && value !== before) given.add(nameOf(keyOf(row.type, field, value)));
    }
  }
  return (
    rows.some(({ number }) => written.has(number)) ||
    numbers.some((number) => written.has(number)) ||
    (given.size > 0 && keys.some((key) => given.has(nameOf(key))))
  );
}

const nameOf = ({ type, field, value }: Key): string => `${type} ${field} ${value}`;

/** New numbers, of which as many can be drawn ahead as were taken last: so that no chunk waits for its own, unless it makes more than the one before. */
export class NumbersAhead {
  readonly #tx: Transaction;
  #spare: Numbers = { records: [], links: [] };
  #taken = { records: 0, links: 0 };
  #coming: Promise<Numbers> | undefined;

  constructor(tx: Transaction) {
    this.#tx = tx;
  }

  async take(records: number, links: number): Promise<Numbers> {
    const coming = this.#coming;
    this.#coming = undefined;
    const spare = coming === undefined ? this.#spare : join(this.#spare, await coming);
    const missing = missingOf({ records, links }, spare);
    const all = missing === undefined ? spare : join(spare, await drawNumbers(this.#tx, missing));
    this.#spare = { records: all.records.slice(records), links: all.links.slice(links) };
    this.#taken = { records, links };
    return { records: all.records.slice(0, records), links: all.links.slice(0, links) };
  }

  drawAhead(): void {
    const missing = missingOf(this.#taken, this.#spare);
    if (missing === undefined) return;
    this.#coming = drawNumbers(this.#tx, missing);
    this.#coming.catch(() => {}); // thrown where it is awaited
  }
}

type Count = { readonly records: number; readonly links: number };

function missingOf(wanted: Count, spare: Numbers): Count | undefined {
  const records = Math.max(wanted.records - spare.records.length, 0);
  const links = Math.max(wanted.links - spare.links.length, 0);
  return records + links === 0 ? undefined : { records, links };
}

const join = (one: Numbers, other: Numbers): Numbers => ({
  records: one.records.concat(other.records),
  links: one.links.concat(other.links),
});

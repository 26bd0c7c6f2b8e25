/** Changed records by way of the change feed, which misses none however late its transaction ends. */
import type { ChangesOutcome } from '../../../engine/changes/changes.ts';
import type { RecordView } from '../../../model/record.ts';
import type { Call } from '../call.ts';
import { invalidPagination } from '../errors.ts';
import { refusalOf } from '../records/refuse.ts';
import { renderDeleted, renderRecord } from '../records/render.ts';
import type { CustomObject } from '../schema/view.ts';

/**
 * Where an export stands: in the change feed (or at its beginning, in seconds), or, where changes since then are kept no more, in a list of
 * the records that there are, behind which the feed follows.
 */
export type Place = { readonly feed: string | number } | { readonly list: string | null; readonly since: number };

export type ChangedPage = { readonly records: readonly unknown[]; readonly next: Place; readonly isEnd: boolean };

/** Changes behind the place are kept no more. */
export const placeNotKept = Symbol('place not kept');

type Change = Extract<ChangesOutcome, { kind: 'changes' }>['items'][number];

const kinds = ['created', 'updated', 'revived', 'deleted', 'merged', 'erased'] as const;

/** Pieces of the feed that are read for one page: one of old changes to records that were changed again has nothing to show. */
const mostPieces = 20;
/** A page that has so much is not added to. */
const mostCharacters = 8 * 1024 * 1024;

/** @param after a token of the feed, or the seconds since when. */
export async function changedRecords(
  call: Call,
  object: CustomObject,
  after: string | number,
  { size, withDeleted }: { readonly size: number; readonly withDeleted: boolean },
): Promise<ChangedPage | typeof placeNotKept> {
  const records: unknown[] = [];
  let place: string | Date = typeof after === 'number' ? new Date(after * 1000) : after;
  let isEnd = false;
  let characters = 0;
  for (let piece = 0; piece < mostPieces && records.length < size && characters < mostCharacters && !isEnd; piece++) {
    const query = { types: [object.type.key], kinds, after: place, limit: size - records.length, waitMs: 0 };
    const outcome: ChangesOutcome = await call.hub.changes(call.caller, query);
    switch (outcome.kind) {
      case 'rejected':
        throw refusalOf(object, outcome.violations);
      case 'cursor_invalid':
        throw invalidPagination('cursor is not valid');
      case 'no_longer_kept':
        return placeNotKept;
    }
    const part = await readLive(call, object, outcome.items);
    records.push(...shown(call, object, part, withDeleted));
    for (const record of part.live.values()) characters += charactersOf(record);
    const last = part.changes.at(-1);
    if (last !== undefined && part.changes.length < outcome.items.length) {
      return { records, next: { feed: last.cursor }, isEnd: false };
    }
    place = outcome.next;
    isEnd = !outcome.more;
  }
  return { records, next: { feed: String(place) }, isEnd };
}

const charactersOf = ({ fields }: RecordView): number =>
  Object.values(fields).reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0);

type Part = {
  readonly changes: readonly Change[];
  /** Each record where it was changed last: what it was before that, nobody needs to know. */
  readonly last: ReadonlyMap<number, Change>;
  readonly live: ReadonlyMap<number, RecordView>;
};

/** Of the first changes, as many as the records of go into the memory at once. */
async function readLive(call: Call, object: CustomObject, changes: readonly Change[]): Promise<Part> {
  const last = new Map<number, Change>();
  for (const change of changes) {
    const { record } = change;
    if (record === null || record.type !== object.type.key) continue;
    last.delete(record.number);
    last.set(record.number, change);
  }
  const live = await liveRecords(call, object, [...last.keys()]);
  if (live === undefined) return readLive(call, object, changes.slice(0, Math.ceil(changes.length / 2)));
  return { changes, last, live };
}

function shown(call: Call, object: CustomObject, { last, live }: Part, withDeleted: boolean): unknown[] {
  return [...last].flatMap(([number, change]) => {
    const record = live.get(number);
    if (record !== undefined) return record.version === change.version ? [exported(call, object, record)] : [];
    const isGone = change.kind === 'deleted' || change.kind === 'merged' || change.kind === 'erased';
    return isGone && withDeleted ? [renderDeleted(call, object, number, change)] : [];
  });
}

/** @returns undefined when they are too large to be held at once; one never is. */
async function liveRecords(
  call: Call,
  object: CustomObject,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, RecordView> | undefined> {
  if (numbers.length === 0) return new Map();
  const outcome = await call.hub.list(call.caller, {
    type: object.type.key,
    filters: [{ field: 'number', op: 'in', value: numbers }],
    sort: [],
    limit: numbers.length,
    mayBeShort: true,
  });
  if (outcome.kind !== 'page') throw new Error(`The records of an export were refused: ${outcome.kind}`);
  if (outcome.next !== null) return undefined;
  return new Map(outcome.items.map((record) => [record.number, record]));
}

/** Without a photo, as the vendor exports none. */
export function exported(call: Call, object: CustomObject, record: RecordView): unknown {
  const { photo: _, ...rest } = renderRecord(call, object, record);
  return rest;
}

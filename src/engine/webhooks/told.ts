/** What a delivery tells of, in short: which record, link or run, and what of it changed. */
import type { Catalogue } from '../../model/catalogue.ts';
import { type ChangeInShort, type Place, readChangesAt } from '../../store/changes/feed.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import { type FeedItem, subjectOf } from '../changes/feed-item.ts';
import { pointerTo } from '../views.ts';

export type Told = Pick<FeedItem, 'kind' | 'type' | 'record' | 'link' | 'interface' | 'run'> & {
  /** Fields by key; of a link what of it changed. */
  readonly changed: readonly string[];
};

/** By place; what is no longer kept, or of a type that the schema no longer has, is not in it. */
export async function readTold(
  tx: Transaction,
  catalogue: Catalogue,
  places: readonly Place[],
): Promise<(place: Place) => Told | null> {
  const rows = places.length === 0 ? [] : await readChangesAt(tx, catalogue.workspace, places);
  const told = new Map(rows.map((row) => [nameOf(row), toldOf(catalogue, row)]));
  return (place) => told.get(nameOf(place)) ?? null;
}

const nameOf = ({ commit, row }: Place): string => `${commit}.${row}`;

function toldOf(catalogue: Catalogue, row: ChangeInShort): Told | null {
  const subject = subjectOf(catalogue, row);
  if (subject === undefined) return null;
  const { kind, run } = row;
  const common = { kind, run, record: null, link: null, interface: null, changed: [] };
  if ('interface' in subject) {
    const { endpoint, type } = subject.interface;
    return { ...common, type, interface: endpoint };
  }
  if ('record' in subject) {
    const { key, fieldsById } = subject.record;
    const changed = row.changed.flatMap((id) => fieldsById.get(Number(id))?.key ?? []);
    return { ...common, type: key, record: pointerTo(catalogue, key, row.number), changed };
  }
  const { link } = subject;
  const left = pointerTo(catalogue, link.left, row.number);
  const right = pointerTo(catalogue, link.right, row.other_number ?? 0);
  return {
    ...common,
    type: link.left,
    link: { link: link.key, number: row.link_number ?? 0, left, right },
    changed: row.changed,
  };
}

import type { LinkEnd } from '../../../model/catalogue.ts';
import type { WorkingLink, WorkingRow, WorkingSet, Writer } from '../working/working-set.ts';
import { makeRoom, noteLookup, putLink, removeLinkTo } from './put-link.ts';

/** Makes the links of a record by one link type exactly those to `targets`, for a complete set. @returns whether anything changed. */
export function setRelation(
  set: WorkingSet,
  writer: Writer,
  end: LinkEnd,
  row: WorkingRow,
  targets: readonly WorkingRow[],
): boolean {
  const wanted = new Map(targets.map((target) => [target.number, target]));
  const missing = new Map(wanted);
  const removed: WorkingLink[] = [];
  for (const at of set.linksOfRecord(row.number)) {
    const [here, other] =
      end.side === 'left' ? [at.row.left_number, at.row.right_number] : [at.row.right_number, at.row.left_number];
    if (at.row.link_type !== end.link.id || here !== row.number) continue;
    missing.delete(other);
    if (wanted.has(other)) continue;
    if (end.side === 'right') removeLinkTo(set, writer, at, row);
    else set.removeLink(writer, at);
    removed.push(at);
  }
  for (const target of missing.values()) {
    const [left, right] = end.side === 'left' ? [row, target] : [target, row];
    const [old] = [...removed, ...makeRoom(set, writer, end.link, left.number, right.number)].filter(
      (at) => at.row.left_number === left.number,
    );
    putLink(set, writer, end.link, left, right, null, {});
    noteLookup(set, writer, end.link, left, old?.row.right_number ?? null, right.number);
  }
  const [emptied] = removed;
  if (end.side === 'left' && missing.size === 0 && emptied !== undefined)
    noteLookup(set, writer, end.link, row, emptied.row.right_number, null);
  return removed.length + missing.size > 0;
}

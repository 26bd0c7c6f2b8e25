/**
 * What a batch writes makes the hash of the element untrue that a record was last made of (ADR 0010): the next complete set must judge
 * that element again. A run says itself what becomes of the hashes of its own elements.
 */

import type { RecordType } from '../../../model/catalogue.ts';
import type { Sender } from '../../../store/postgres/database.ts';
import { storedValueOf } from '../../../store/records/records.ts';
import { clearHashes, clearHashesOfLinked } from '../../../store/sync/interface-records.ts';
import { isSameKey } from '../../keys/key-of.ts';
import type { WorkingRow, WorkingSet } from './working-set.ts';

/** Records of which the caller writes itself what this interface knows. */
export type OwnHashes = { readonly interface: number; readonly numbers: Pick<ReadonlySet<number>, 'has'> };

export function forgetHashes(tx: Sender, set: WorkingSet, own?: OwnHashes): void {
  const { catalogue } = set;
  const { workspace, synchronisedBy } = catalogue;
  if (synchronisedBy.size === 0) return;
  const touched = new Map<string, { interface: number; number: number }>();
  const touch = (type: string | undefined, number: number | null): void => {
    if (type === undefined || number === null || set.rows.get(number)?.stored === null) return;
    for (const id of synchronisedBy.get(type) ?? [])
      if (id !== own?.interface || !own.numbers.has(number)) touched.set(`${id} ${number}`, { interface: id, number });
  };
  for (const { change } of set.changes) {
    if (change.link_type === null) {
      touch(set.rows.get(change.number)?.type.key, change.number);
    } else {
      const link = catalogue.linksById.get(change.link_type);
      touch(link?.left, change.number);
      touch(link?.right, change.other_number);
    }
  }
  // An element that named a record by a former key that is another's now: the record itself may not be here.
  const lost = [...set.aliasesGone.values()];
  for (const { type: id, number } of lost) {
    for (const on of synchronisedBy.get(catalogue.typesById.get(id)?.key ?? '') ?? [])
      touched.set(`${on} ${number}`, { interface: on, number });
  }
  if (touched.size > 0) clearHashes(tx, workspace, [...touched.values()]);

  const renamed = [...set.rows.values()].filter(hasLostKey);
  const types = [...renamed.map((row) => row.type), ...lost.flatMap(({ type }) => catalogue.typesById.get(type) ?? [])];
  const interfaces = new Set(types.flatMap((type) => interfacesOfLinked(set, type)));
  if (interfaces.size > 0) {
    const numbers = [...renamed, ...lost].map(({ number }) => number);
    clearHashesOfLinked(tx, workspace, [...interfaces], numbers);
  }
}

/** An element that named the record by that key would now name another, or none. */
function hasLostKey({ stored, type, version, values }: WorkingRow): boolean {
  if (stored === null || version === stored.version) return false;
  return type.matchFields.some((field) => {
    const old = storedValueOf(stored, field.id);
    return old !== undefined && !isSameKey(field, old, values[field.id]);
  });
}

const interfacesOfLinked = (set: WorkingSet, type: RecordType): readonly number[] =>
  [...type.linkEnds.values()].flatMap((end) => set.catalogue.synchronisedBy.get(end.other) ?? []);

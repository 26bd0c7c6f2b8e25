/** Fields that number their records: the numbers that a batch may draw, and those that it drew. */
import type { NumberedField, RecordType } from '../../../model/catalogue.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { lockNumberings, type NumberingRow } from '../../../store/records/numberings.ts';
import type { WorkingSet } from './working-set.ts';

export class Numberings {
  readonly #next = new Map<string, NumberingRow>();
  readonly #drawn = new Map<string, NumberingRow>();

  add(row: NumberingRow): void {
    this.#next.set(placeOf(row), row);
  }

  draw(type: RecordType, field: NumberedField): string {
    const place = placeOf({ type: type.id, field: field.id });
    const row = this.#next.get(place);
    if (row === undefined) throw new Error(`The numbers of ${type.key}.${field.key} are not at hand`);
    const after = { ...row, next: row.next + 1 };
    this.#next.set(place, after);
    this.#drawn.set(place, after);
    const { prefix, padding } = field.numbered;
    return `${prefix}${String(row.next).padStart(padding, '0')}`;
  }

  /** To be stored. */
  get drawn(): readonly NumberingRow[] {
    return [...this.#drawn.values()];
  }
}

const placeOf = ({ type, field }: { type: number; field: number }): string => `${type} ${field}`;

/** Locks the numbers that records of these types may draw. After their rows, as all do, so that two batches cannot wait for each other. */
export async function loadNumberings(tx: Transaction, set: WorkingSet, types: Iterable<RecordType>): Promise<void> {
  const wanted = [...new Set(types)].flatMap((type) =>
    type.numbered.map((field) => ({ type: type.id, field: field.id, next: field.numbered.first })),
  );
  if (wanted.length === 0) return;
  for (const row of await lockNumberings(tx, set.catalogue.workspace, wanted)) set.numberings.add(row);
}

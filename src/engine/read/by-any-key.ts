/** Finding records by a key of which nobody knows the type or the field: what a person has in hand who looks for one. */
import type { Catalogue, RecordType } from '../../model/catalogue.ts';
import type { Caller } from '../../model/principal.ts';
import type { RecordView } from '../../model/record.ts';
import { byKey, parseRef, type Ref } from '../../model/ref.ts';
import type { Database } from '../../store/postgres/database.ts';
import { may } from '../access/grants.ts';
import { isSameKey } from '../keys/key-of.ts';
import { findAll } from './records.ts';

export type KeyHit = {
  readonly record: RecordView;
  /** The match field that has the key, or had it; null: it is the record's number or id. */
  readonly field: string | null;
  readonly former: boolean;
};

/** Every live record that the caller may read and that the text names: as a ref, or as the value of any match field. Each is looked for
 *  in an index, all in one statement; there is one at most for each match field of each type. */
export async function findByAnyKey(
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  text: string,
): Promise<readonly KeyHit[]> {
  const sought = [...catalogue.types.values()]
    .filter((type) => may(caller.principal, 'read', type.key))
    .flatMap((type) => refsOf(type, text).map((ref) => ({ type, ref })));
  const found = await database.inWorkspace(catalogue.workspace, (tx) =>
    findAll(
      tx,
      catalogue,
      sought.map(({ type, ref }) => ({ type: type.key, ref })),
    ),
  );
  const hits = new Map<number, KeyHit>();
  for (const [index, { type, ref }] of sought.entries()) {
    const record = found[index];
    if (record !== undefined && !hits.has(record.number)) hits.set(record.number, hitOf(type, ref, record));
  }
  return [...hits.values()];
}

function refsOf(type: RecordType, text: string): Ref[] {
  const named = parseRef(text);
  const isNamed = named !== undefined && (named.by !== 'key' || type.fieldsByKey.get(named.field)?.unique === true);
  return [...(isNamed ? [named] : []), ...type.matchFields.map(({ key }) => byKey(key, text))];
}

function hitOf(type: RecordType, ref: Ref, record: RecordView): KeyHit {
  const field = ref.by === 'key' ? type.fieldsByKey.get(ref.field) : undefined;
  if (field === undefined || ref.by !== 'key') return { record, field: null, former: false };
  const now = record.fields[field.key] ?? undefined;
  return { record, field: field.key, former: !isSameKey(field, now, ref.value) };
}

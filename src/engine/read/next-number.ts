/** The number that a numbered field gives to the next record that is made. */
import type { Catalogue } from '../../model/catalogue.ts';
import type { Database } from '../../store/postgres/database.ts';
import { readNumbering } from '../../store/records/numberings.ts';

/** @returns undefined for any other field. */
export async function nextNumber(
  database: Database,
  { workspace, types }: Catalogue,
  typeKey: string,
  key: string,
): Promise<number | undefined> {
  const type = types.get(typeKey);
  const field = type?.fieldsByKey.get(key);
  if (type === undefined || field === undefined || field.numbered === null) return undefined;
  const place = { type: type.id, field: field.id };
  const next = await database.inWorkspace(workspace, (tx) => readNumbering(tx, workspace, place));
  return Math.max(next ?? 0, field.numbered.first);
}

/** By what a record is found: the values of its match fields, and those that it had. */
import type { Catalogue } from '../../model/catalogue.ts';
import type { Rejected } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import type { Ref } from '../../model/ref.ts';
import type { Database } from '../../store/postgres/database.ts';
import { readAliasesOf } from '../../store/records/aliases.ts';
import { matchFieldViolations, recordNotFound, rejected, rejectedFor } from '../write/judging/rejected.ts';
import { isRejected, readableType } from './readable.ts';
import { findAll } from './records.ts';

type KeyView = { readonly field: string; readonly value: string; readonly former: boolean };
export type KeysOutcome = { readonly kind: 'keys'; readonly keys: readonly KeyView[] } | Rejected;

export async function keysOf(
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  query: { readonly type: string; readonly ref: Ref },
): Promise<KeysOutcome> {
  const type = readableType(catalogue, caller, query.type);
  if (isRejected(type)) return type;
  const misnamed = rejectedFor(matchFieldViolations(type, query.ref, 'record'));
  if (misnamed) return misnamed;
  return database.inWorkspace(catalogue.workspace, async (tx): Promise<KeysOutcome> => {
    const [record] = await findAll(tx, catalogue, [query]);
    if (record === undefined) return rejected(recordNotFound(type, query.ref, 'record'));
    const aliases = type.aliased ? await readAliasesOf(tx, catalogue.workspace, record.number) : [];
    const now = type.matchFields.flatMap(({ key }): KeyView[] => {
      const value = record.fields[key] ?? null;
      return value === null ? [] : [{ field: key, value: String(value), former: false }];
    });
    const former = aliases.flatMap(({ field, spelling }): KeyView[] => {
      const key = type.fieldsById.get(field)?.key;
      return key === undefined ? [] : [{ field: key, value: spelling, former: true }];
    });
    return { kind: 'keys', keys: [...now, ...former] };
  });
}

/** From records to those that their associations lead to. */
import type { Catalogue, LookupField, RecordType } from '../../../model/catalogue.ts';
import { isPointer, type RecordView } from '../../../model/record.ts';
import { findField, primaryKeyColumn } from '../domains.ts';
import type { Context } from '../operation.ts';
import { texts } from '../options.ts';
import { unable } from '../refusal.ts';
import { refuseRecord } from '../render.ts';

/** The association of this name, and the type of the records that it leads to. */
export function associatedType(
  catalogue: Catalogue,
  type: RecordType,
  name: string,
): { readonly field: LookupField; readonly type: RecordType } | undefined {
  const named = findField(type, name);
  const field = type.lookups.find((one) => one === named);
  const other = field && catalogue.types.get(field.link.right);
  return field && other && { field, type: other };
}

type Row = RecordView | undefined;

/** For each path the records at its end, in the order of `records`; undefined where there is none. Each step is read once. */
export async function followAssociations(
  context: Context,
  records: readonly RecordView[],
  paths: readonly (readonly LookupField[])[],
): Promise<readonly (readonly Row[])[]> {
  const reached = new Map<string, Promise<readonly Row[]>>([['', Promise.resolve(records)]]);
  const reach = (path: readonly LookupField[]): Promise<readonly Row[]> => {
    const key = path.map((field) => field.id).join('.');
    const before = reached.get(key);
    if (before !== undefined) return before;
    const last = path.at(-1);
    const rows = reach(path.slice(0, -1)).then((from) => (last === undefined ? from : step(context, from, last)));
    reached.set(key, rows);
    return rows;
  };
  return Promise.all(paths.map(reach));
}

async function step({ hub, caller, catalogue }: Context, rows: readonly Row[], field: LookupField): Promise<Row[]> {
  const type = catalogue.types.get(field.link.right);
  const numbers = rows.map((row) => {
    const value = row?.fields[field.key] ?? null;
    return isPointer(value) ? value.number : undefined;
  });
  const sought = [...new Set(numbers)].filter((number) => number !== undefined);
  if (type === undefined || sought.length === 0) return rows.map(() => undefined);
  const filters = [{ field: primaryKeyColumn(type), op: 'in' as const, value: sought }];
  const found = await hub.list(caller, { type: type.key, filters, sort: [], limit: sought.length });
  if (found.kind === 'rejected') throw refuseRecord(found, type, '');
  if (found.kind === 'list_rejected') throw unable(texts.filterInvalid(found.message));
  const byNumber = new Map(found.items.map((record) => [record.number, record]));
  return numbers.map((number) => (number === undefined ? undefined : byNumber.get(number)));
}

/**
 * Which values of records a client asks for, and what it calls them: `columns` of a reading, `echoFields` of a write.
 * `ClaimNumber, Supplier.Name as SupplierName, Status.Description`
 */
import type { LookupField, RecordType } from '../../../model/catalogue.ts';
import type { FieldValue, RecordView } from '../../../model/record.ts';
import { codeAttributes, codeIdName, isCoded } from '../codes.ts';
import { findField, memberName, primaryKeyName } from '../domains.ts';
import type { Context } from '../operation.ts';
import { texts } from '../options.ts';
import { unable } from '../refusal.ts';
import { refuseRecord } from '../render.ts';
import { associatedType, followAssociations } from './associations.ts';
import { renderRecord, shownValue } from './record-body.ts';

type Value = (record: RecordView) => unknown;

/** `via`: the associations that lead to the record that has the value. */
type Column = { readonly title: string; readonly via: readonly LookupField[]; readonly value: Value };
/** null: all of them, under their own names. */
export type Columns = readonly Column[] | null;

export function parseColumns({ catalogue }: Context, type: RecordType, text: unknown): Columns {
  if (text === undefined || text === '') return null;
  return String(text)
    .split(',')
    .map((one) => {
      const [, path = '', title = path] = /^\s*(\S+)(?:\s+as\s+(\S+))?\s*$/i.exec(one) ?? [];
      const via: LookupField[] = [];
      let at = type;
      const names = path.split('.');
      for (const name of names.slice(0, -1)) {
        const next = associatedType(catalogue, at, name);
        if (next === undefined) break;
        via.push(next.field);
        at = next.type;
      }
      const value = valueNamed(at, names.slice(via.length));
      if (value === undefined) throw unable(texts.columnInvalid(one.trim()));
      return { title, via, value };
    });
}

function valueNamed(type: RecordType, [name = '', attribute, ...more]: readonly string[]): Value | undefined {
  if (more.length > 0) return undefined;
  const field = findField(type, name);
  if (attribute !== undefined) {
    const shown = codeAttributes.get(attribute);
    if (field === undefined || !isCoded(field) || shown === undefined) return undefined;
    return ({ fields }) => shown(field, fields[field.key] ?? null);
  }
  if (name === primaryKeyName(type)) return ({ number }) => number;
  // What a coded field or an association holds has parts, of which one must be named: the bare name has no value.
  if (field !== undefined && (isCoded(field) || field.type === 'lookup')) return () => null;
  if (field !== undefined) return ({ fields }) => shownValue(fields[field.key] ?? null);
  const coded = type.fields.find((one) => isCoded(one) && codeIdName(one) === name);
  if (coded !== undefined) return ({ fields }) => codeAttributes.get('ID')?.(coded, fields[coded.key] ?? null);
  const association = type.lookups.find((one) => memberName(one) === name);
  return association && (({ fields }) => shownValue((fields[association.key] ?? null) as FieldValue));
}

/** Refuses columns that the caller may not view, before anything is written that would show them. */
export async function requireViewOf({ hub, caller, catalogue }: Context, columns: Columns): Promise<void> {
  const through = new Set((columns ?? []).flatMap(({ via }) => via.map((field) => field.link.right)));
  for (const key of through) {
    const type = catalogue.types.get(key);
    const found = await hub.list(caller, { type: key, filters: [], sort: [], limit: 1 });
    if (type !== undefined && found.kind === 'rejected') throw refuseRecord(found, type, '');
  }
}

/** In the order of the records. */
export async function renderColumns(
  context: Context,
  type: RecordType,
  records: readonly RecordView[],
  columns: Columns,
): Promise<Record<string, unknown>[]> {
  if (columns === null) return records.map((record) => renderRecord(type, record));
  const holders = await followAssociations(
    context,
    records,
    columns.map(({ via }) => via),
  );
  return records.map((_record, row) =>
    Object.fromEntries(
      columns.map(({ title, value }, index) => {
        const holder = holders[index]?.[row];
        return [title, holder === undefined ? null : (value(holder) ?? null)];
      }),
    ),
  );
}

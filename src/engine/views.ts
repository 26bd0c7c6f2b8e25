/** How records and links are named, and what of them is shown. */
import type { Catalogue, Field, LinkType, RecordType } from '../model/catalogue.ts';
import { decodeId, guidOf } from '../model/ids.ts';
import type { FieldValue, LinkView, RecordPointer } from '../model/record.ts';
import type { Ref } from '../model/ref.ts';
import type { LinkRow } from '../store/links/links.ts';

/** The number that a ref names, as far as it can be told without the database, or by `byKey`. */
export function numberOf(
  catalogue: Catalogue,
  type: RecordType,
  ref: Ref,
  byKey: (field: Field, value: string) => number | undefined,
): number | undefined {
  if (ref.by === 'number') return ref.number;
  if (ref.by === 'id') {
    const decoded = decodeId(ref.id);
    return decoded?.kind === 'record' && decoded.workspace === catalogue.workspace ? decoded.number : undefined;
  }
  const field = type.fieldsByKey.get(ref.field);
  return field?.unique ? byKey(field, ref.value) : undefined;
}

export const pointerTo = (catalogue: Catalogue, type: string, number: number): RecordPointer => ({
  type,
  number,
  id: guidOf('record', catalogue.workspace, number),
});

/** Every field of a type by its key, unset ones as null. */
export function fieldsOf(
  catalogue: Catalogue,
  type: RecordType,
  values: Readonly<Record<string, unknown>>,
  lookup: (link: LinkType) => number | undefined,
): Record<string, FieldValue> {
  const fields: Record<string, FieldValue> = {};
  for (const field of type.fields) {
    if (field.link === null) {
      fields[field.key] = (values[field.id] ?? null) as FieldValue;
    } else {
      const target = lookup(field.link);
      fields[field.key] = target === undefined ? null : pointerTo(catalogue, field.link.right, target);
    }
  }
  return fields;
}

export function linkViewOf(catalogue: Catalogue, row: LinkRow): LinkView {
  const type = catalogue.linksById.get(row.link_type);
  if (type === undefined)
    throw new Error(`Link ${row.number} has link type ${row.link_type}, which the schema does not know`);
  return {
    number: row.number,
    id: guidOf('link', catalogue.workspace, row.number),
    link: type.key,
    left: pointerTo(catalogue, type.left, row.left_number),
    right: pointerTo(catalogue, type.right, row.right_number),
    role: type.roles.find((role) => role.number === row.role) ?? null,
    attributes: row.attributes ?? {},
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

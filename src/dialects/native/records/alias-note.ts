/** Tells whoever named a record by a former key of it what the key is now. */
import type { Catalogue } from '../../../model/catalogue.ts';
import { keyForm } from '../../../model/key-rule.ts';
import type { RecordView } from '../../../model/record.ts';
import type { Ref } from '../../../model/ref.ts';

export type AliasNote = { readonly resolved_by_alias?: { field: string; value: string; current: string | null } };

/** @param sent the fields of a write, which may have changed the key just now. */
export function aliasNote(
  catalogue: Catalogue,
  ref: Ref,
  record: RecordView,
  sent: Readonly<Record<string, unknown>> = {},
): AliasNote {
  if (ref.by !== 'key') return {};
  const { field, value } = ref;
  if (!Object.hasOwn(record.fields, field)) return {}; // not for the caller to read
  const current = record.fields[field] ?? null;
  const rule = catalogue.types.get(record.type)?.fieldsByKey.get(field)?.keyRule ?? [];
  const isNamed = (key: unknown): boolean => keyForm(rule, String(key)) === keyForm(rule, value);
  const isRenamed = Object.hasOwn(sent, field) && !isNamed(sent[field]);
  if (isRenamed || isNamed(current)) return {};
  return { resolved_by_alias: { field, value, current: current === null ? null : String(current) } };
}

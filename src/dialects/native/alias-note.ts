/** Tells whoever named a record by a former key of it what the key is now. */
import type { RecordView } from '../../model/record.ts';
import type { Ref } from '../../model/ref.ts';

export type AliasNote = { readonly resolved_by_alias?: { field: string; value: string; current: string | null } };

/** @param sent the fields of a write, which may have changed the key just now. */
export function aliasNote(ref: Ref, record: RecordView, sent: Readonly<Record<string, unknown>> = {}): AliasNote {
  if (ref.by !== 'key') return {};
  const { field, value } = ref;
  const current = record.fields[field] ?? null;
  const isRenamed = Object.hasOwn(sent, field) && String(sent[field]) !== value;
  if (isRenamed || String(current) === value) return {};
  return { resolved_by_alias: { field, value, current: current === null ? null : String(current) } };
}

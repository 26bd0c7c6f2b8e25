/** `!transform`: a new record made from another one, as an order becomes an invoice. */
import type { FieldInput } from '../../../model/commands.ts';
import { isPointer, type RecordView } from '../../../model/record.ts';
import { byNumber } from '../../../model/ref.ts';
import { assumed } from '../assumed.ts';
import type { Call } from '../call.ts';
import { invalidRequest } from '../errors.ts';
import type { Names, NetSuiteType } from '../names.ts';
import { readRecord } from './find.ts';
import { parseRef, parseType } from './locate.ts';
import { createRecord, type Written } from './write.ts';

export type TransformParams = { readonly type: string; readonly id: string; readonly target: string };

/** The types that records of a type can become. */
export const targetsOf = (names: Names, source: NetSuiteType): NetSuiteType[] =>
  (assumed.transformations.get(source.name) ?? []).flatMap((name) => names.typesByName.get(name.toLowerCase()) ?? []);

/** The body's fields, and for the others what the source has. @throws NetSuiteError for a pair that is none. */
export async function transform(
  call: Call,
  params: TransformParams,
  body: unknown,
): Promise<{ target: NetSuiteType; written: Written }> {
  const source = parseType(call, params.type, 'POST');
  const wanted = params.target.toLowerCase();
  const target = targetsOf(call.names, source).find(({ name }) => name.toLowerCase() === wanted);
  if (target === undefined) {
    throw invalidRequest(call.url, `Records of type '${source.name}' cannot be transformed into '${params.target}'.`);
  }
  const record = await readRecord(call, source, parseRef(call, source, params.id));
  return { target, written: await createRecord(call, target, body, inherited(source, target, record)) };
}

/**
 * What the new record has from its source: a lookup to the source's type leads to the source, and a field that both have is copied,
 * but for keys, which are the source's own.
 */
function inherited(
  source: NetSuiteType,
  target: NetSuiteType,
  record: RecordView,
): Readonly<Record<string, FieldInput>> {
  const fields: Record<string, FieldInput> = {};
  for (const field of target.type.fields) {
    if (field.unique) continue;
    if (field.link?.right === source.type.key) {
      fields[field.key] = byNumber(record.number);
      continue;
    }
    const same = source.type.fieldsByKey.get(field.key);
    const value = record.fields[field.key] ?? null;
    if (same?.type !== field.type || same.link?.right !== field.link?.right || value === null) continue;
    fields[field.key] = isPointer(value) ? byNumber(value.number) : value;
  }
  return fields;
}

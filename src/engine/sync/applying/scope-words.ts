/** Which scopes a set or an interface can name: fields with one value, and relations with the record that they lead to. */
import type { Field } from '../../../model/catalogue.ts';
import { InexactNumber } from '../../../model/json.ts';
import { parseRef } from '../../../model/ref.ts';
import { isStorableText, shorten } from '../../../model/text.ts';
import { checkValue } from '../../values.ts';

/** By field or relation; empty: everything. */
export type ScopeWords = Readonly<Record<string, string | number | boolean>>;

type ScopedType = {
  readonly key: string;
  readonly linkEnds: { has(name: string): boolean };
  readonly fieldsByKey: { get(name: string): Field | undefined };
};

export const mostTerms = 10;
const longest = 1_000;
const scopeTypes = ['text', 'integer', 'decimal', 'boolean', 'date', 'datetime', 'enum', 'regexp'];

/** Why there is no such scope of the type's records; undefined when there is, as far as the schema can tell. */
export function scopeProblem(type: ScopedType, name: string, given: unknown): string | undefined {
  if (!['string', 'number', 'boolean'].includes(typeof given)) return `${shorten(name, 80)} takes one value.`;
  const text = String(given);
  if (text.length > longest || !isStorableText(text))
    return `${shorten(name, 80)} takes text of at most ${longest.toLocaleString('en')} characters, without NUL and lone surrogates.`;
  if (type.linkEnds.has(name)) {
    return parseRef(text) === undefined
      ? `${name} is a relation: name a record by its id, its number, or field:value.`
      : undefined;
  }
  const field = type.fieldsByKey.get(name);
  if (field === undefined) return `${type.key} has no field or relation ${shorten(name, 80)}.`;
  if (field.unique) return `${name} is a match field: it finds one record at most.`;
  if (!scopeTypes.includes(field.type)) return `${name} is ${field.type}: a scope is of a field with one short value.`;
  const checked = checkValue(field, valueIn(field, given));
  return checked.ok ? undefined : checked.violation.message;
}

/** In an address, all is text. */
export function valueIn({ type }: Field, given: unknown): unknown {
  if (typeof given !== 'string') return given;
  if (type === 'boolean') return given === 'true' ? true : given === 'false' ? false : given;
  if (type !== 'integer' && type !== 'decimal') return given;
  return /^-?\d+(\.\d+)?$/.test(given) ? exactNumber(given) : given;
}

/** Digits that a number cannot hold are refused with their field. */
const exactNumber = (text: string): unknown => (text.length > 16 ? new InexactNumber(text) : Number(text));

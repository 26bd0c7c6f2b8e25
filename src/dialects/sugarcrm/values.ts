/** Field values: from the vendor's spellings to the engine's types, and back. */
import type { Field } from '../../model/catalogue.ts';
import type { FieldInput } from '../../model/commands.ts';
import { InexactNumber, isObject, parseJson } from '../../model/json.ts';
import { type FieldValue, isPointer } from '../../model/record.ts';
import { byId } from '../../model/ref.ts';
import type { Member } from './metadata/modules.ts';

const decimalPattern = /^-?(0|[1-9]\d*)(\.\d+)?$/;
const truths: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [1, true],
  ['1', true],
  ['true', true],
  [0, false],
  ['0', false],
  ['false', false],
]);

/** What cannot be converted is passed on as it is: the engine refuses it, naming the field. */
export function toInput(member: Member, value: unknown): FieldInput {
  if (member.shows === 'email_list') return primaryAddress(value);
  // The vendor shows unset text as "" and lists as []; clients echo whole records, so both mean unset.
  if (value === '' || value === null || (Array.isArray(value) && value.length === 0)) return null;
  switch (member.field.type) {
    case 'text':
    case 'textarea':
    case 'regexp':
    case 'enum':
      return textOf(value) ?? value;
    case 'integer':
    case 'decimal':
      return typeof value === 'string' && decimalPattern.test(value) ? numberIn(value) : value;
    case 'boolean':
      return truths.get(value) ?? value;
    case 'lookup':
      return byId(textOf(value) ?? JSON.stringify(value));
    case 'date':
      // A moment stands for its day, as the vendor's clients send dates.
      return typeof value === 'string' ? value.replace(/^(\d{4}-\d\d-\d\d)T.*$/, '$1') : value;
    case 'datetime':
    case 'multi_enum':
      return value;
  }
}

/** Text, or a number as the sender wrote it: PHP clients send numeric text as numbers. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof InexactNumber) return value.text;
  return typeof value === 'number' ? String(value) : undefined;
}

function numberIn(text: string): unknown {
  const parsed = parseJson(text);
  return parsed.ok ? parsed.value : text;
}

/** Of a list of addresses the primary one, else the first. */
export function primaryAddress(value: unknown): FieldInput {
  if (!Array.isArray(value)) return value === '' ? null : value;
  const chosen: unknown = value.find((entry) => isObject(entry) && entry.primary_address === true) ?? value[0];
  return isObject(chosen) ? (chosen.email_address ?? null) : (chosen ?? null);
}

/** `relatedName` is the name of the record that a lookup points at. */
export function toMemberValue(member: Member, value: FieldValue, relatedName: string, defaultScale: number): unknown {
  switch (member.shows) {
    case 'related_id':
      return value !== null && isPointer(value) ? value.id : '';
    case 'related_name':
      return relatedName;
    case 'email_address':
      return value ?? '';
    case 'email_list':
      return value === null
        ? []
        : [{ email_address: value, primary_address: true, opt_out: false, invalid_email: false }];
    case 'value':
      return plainValue(member.field, value, defaultScale);
  }
}

function plainValue(field: Field, value: FieldValue, defaultScale: number): unknown {
  switch (field.type) {
    case 'text':
    case 'textarea':
    case 'regexp':
    case 'enum':
      // A key that is not set is null, as the vendor's sync_key is; any other text is empty.
      return value ?? (field.unique ? null : '');
    case 'decimal':
      return typeof value === 'number' ? decimalText(value, field.scale ?? defaultScale) : '';
    case 'date':
      return value ?? '';
    case 'datetime':
      return typeof value === 'string' ? datetimeText(new Date(value)) : '';
    case 'multi_enum':
      return value ?? [];
    case 'integer':
    case 'boolean':
    case 'lookup':
      return value;
  }
}

/** The shortest digits, filled up with zeros: toFixed alone would show the noise of binary fractions. The engine stores no
 *  decimal that JavaScript writes with an exponent. */
function decimalText(value: number, scale: number): string {
  const [whole = '', fraction = ''] = String(value).split('.');
  const digits = fraction.padEnd(scale, '0');
  return digits === '' ? whole : `${whole}.${digits}`;
}

/** `2026-03-01T09:15:00+00:00`; a fraction of a second only when there is one, so that an echo loses nothing. */
export function datetimeText(at: Date): string {
  return at.toISOString().replace(/(?:\.000)?Z$/, '+00:00');
}

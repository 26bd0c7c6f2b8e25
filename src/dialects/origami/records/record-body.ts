/** A record as the vendor's JSON has it, both ways. */
import type { Field, RecordType } from '../../../model/catalogue.ts';
import type { FieldInput } from '../../../model/commands.ts';
import { parseJson } from '../../../model/json.ts';
import { type FieldValue, isPointer, type RecordView } from '../../../model/record.ts';
import { byNumber, parseRecordNumber } from '../../../model/ref.ts';
import { codeIdName, isCoded, parseCode, parseCodeId } from '../codes.ts';
import { domainName, memberName, primaryKeyName } from '../domains.ts';
import { texts } from '../options.ts';
import { unable } from '../refusal.ts';

/** The primary key first, then every field; a coded field shows its code, an association the other record's id. */
export function renderRecord(type: RecordType, record: RecordView): Record<string, unknown> {
  const members = type.fields.map((field): [string, unknown] => [
    memberName(field),
    shownValue(record.fields[field.key] ?? null),
  ]);
  return Object.fromEntries([[primaryKeyName(type), record.number], ...members]);
}

export const shownValue = (value: FieldValue): unknown => (isPointer(value) ? value.number : value);

/** By field key. The primary key, which a client that echoes a record sends along, is not a field. */
export function parseFields(type: RecordType, body: Record<string, unknown>): Record<string, FieldInput> {
  const known = new Map<string, [Field, (value: unknown) => FieldInput]>();
  for (const field of type.fields) {
    if (isCoded(field)) known.set(codeIdName(field), [field, (value) => parseCodeIds(field, value)]);
  }
  for (const field of type.fields) known.set(memberName(field), [field, (value) => parseValue(field, value)]);
  const fields: Record<string, FieldInput> = Object.create(null);
  for (const [member, value] of Object.entries(body)) {
    if (member === primaryKeyName(type)) continue;
    const [field, parse] = known.get(member) ?? [];
    if (field === undefined || parse === undefined) throw unable(texts.fieldUnknown(member, domainName(type)));
    fields[field.key] = value === null ? null : parse(value);
  }
  return fields;
}

const parseCodeIds = (field: Field, value: unknown): unknown =>
  field.type === 'multi_enum' ? listed(value, (one) => parseCodeId(field, one)) : parseCodeId(field, value);

/** The vendor's spellings of a value; what is none of them stays as it is, and the engine says what it expected. */
export function parseValue(field: Field, value: unknown): FieldInput {
  switch (field.type) {
    case 'boolean':
      return parseBoolean(value);
    case 'integer':
    case 'decimal':
      return typeof value === 'string' ? parseNumber(value) : value;
    case 'enum':
      return typeof value === 'string' ? parseCode(field, value) : value;
    case 'multi_enum':
      return listed(value, (one) => (typeof one === 'string' ? parseCode(field, one) : one));
    case 'lookup':
      return parseAssociation(value);
    case 'text':
    case 'textarea':
    case 'regexp':
      return typeof value === 'number' ? String(value) : value;
    case 'datetime':
      return parseTime(value);
    case 'date':
      return value;
  }
}

/** A list, or a text with commas between; anything else stays as it is. */
function listed(value: unknown, parse: (one: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(parse);
  if (typeof value !== 'string') return value;
  return value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map(parse);
}

const trueWords = ['yes', 'true', 'y', '1'];
const falseWords = ['no', 'false', 'n', '0'];

function parseBoolean(value: unknown): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  const word = String(value).toLowerCase();
  if (trueWords.includes(word)) return true;
  return falseWords.includes(word) ? false : value;
}

/** Through JSON, so that a number with more digits than can be held is refused rather than rounded. */
function parseNumber(text: string): unknown {
  if (!/^-?(0|[1-9]\d*)(\.\d+)?$/.test(text)) return text;
  const parsed = parseJson(text);
  return parsed.ok ? parsed.value : text;
}

/** `2026-01-15 13:30` and `2026-01-15 01:30 pm`, in UTC. */
function parseTime(value: unknown): unknown {
  const parts = /^(\d{4}-\d\d-\d\d)[ T](\d\d):(\d\d)(?: ?([ap])m)?$/i.exec(typeof value === 'string' ? value : '');
  if (parts === null) return value;
  const [, date, hours = '', minutes, half] = parts;
  if (half === undefined) return `${date}T${hours}:${minutes}:00Z`;
  if (Number(hours) < 1 || Number(hours) > 12) return value;
  const hour = (Number(hours) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  return `${date}T${String(hour).padStart(2, '0')}:${minutes}:00Z`;
}

function parseAssociation(value: unknown): unknown {
  const number = typeof value === 'number' || typeof value === 'string' ? parseRecordNumber(String(value)) : undefined;
  return number === undefined ? value : byNumber(number);
}

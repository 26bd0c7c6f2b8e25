/** A record as the vendor's JSON has it, both ways. */
import type { Field, RecordType } from '../../model/catalogue.ts';
import type { FieldInput } from '../../model/commands.ts';
import { parseJson } from '../../model/json.ts';
import { type FieldValue, isPointer, type RecordView } from '../../model/record.ts';
import { byNumber, parseRecordNumber } from '../../model/ref.ts';
import { domainName, memberName, primaryKeyName } from './domains.ts';
import { texts } from './options.ts';
import { unable } from './refusal.ts';

/** The primary key first, then every field; a coded field shows its code, an association the other record's id. */
export function renderRecord(type: RecordType, record: RecordView): Record<string, unknown> {
  const members = type.fields.map((field): [string, unknown] => [
    memberName(field),
    shownValue(record.fields[field.key] ?? null),
  ]);
  return Object.fromEntries([[primaryKeyName(type), record.number], ...members]);
}

const shownValue = (value: FieldValue): unknown => (isPointer(value) ? value.number : value);

/** By field key. The primary key, which a client that echoes a record sends along, is not a field: the match field decides. */
export function parseFields(type: RecordType, body: Record<string, unknown>): Record<string, FieldInput> {
  const known = new Map(type.fields.map((field) => [memberName(field), field]));
  const fields: Record<string, FieldInput> = {};
  for (const [member, value] of Object.entries(body)) {
    if (member === primaryKeyName(type)) continue;
    const field = known.get(member);
    if (field === undefined) throw unable(texts.fieldUnknown(member, domainName(type)));
    fields[field.key] = value === null ? null : parseValue(field, value);
  }
  return fields;
}

/** The vendor's spellings of a value; what is none of them stays as it is, and the engine says what it expected. */
function parseValue(field: Field, value: unknown): FieldInput {
  switch (field.type) {
    case 'boolean':
      return parseBoolean(value);
    case 'integer':
    case 'decimal':
      return typeof value === 'string' ? parseNumber(value) : value;
    case 'enum':
      return typeof value === 'string' ? parseCode(field, value) : value;
    case 'multi_enum':
      return Array.isArray(value) ? value.map((one) => (typeof one === 'string' ? parseCode(field, one) : one)) : value;
    case 'lookup':
      return parseAssociation(value);
    case 'text':
    case 'textarea':
    case 'regexp':
      return typeof value === 'number' ? String(value) : value;
    case 'date':
    case 'datetime':
      return value;
  }
}

const trueWords = ['yes', 'true', 'y', '1'];
const falseWords = ['no', 'false', 'n', '0'];

function parseBoolean(value: unknown): unknown {
  const word = typeof value === 'string' || typeof value === 'number' ? String(value).toLowerCase() : '';
  if (trueWords.includes(word)) return true;
  return falseWords.includes(word) ? false : value;
}

/** Through JSON, so that a number with more digits than can be held is refused rather than rounded. */
function parseNumber(text: string): unknown {
  if (!/^-?(0|[1-9]\d*)(\.\d+)?$/.test(text)) return text;
  const parsed = parseJson(text);
  return parsed.ok ? parsed.value : text;
}

/** By display code, else by description, whatever the case. */
function parseCode(field: Field, text: string): string {
  const wanted = text.toLowerCase();
  const option =
    field.options.find((one) => one.value === text) ??
    field.options.find((one) => one.value.toLowerCase() === wanted) ??
    field.options.find((one) => one.label?.toLowerCase() === wanted);
  return option?.value ?? text;
}

function parseAssociation(value: unknown): unknown {
  const number = typeof value === 'number' || typeof value === 'string' ? parseRecordNumber(String(value)) : undefined;
  return number === undefined ? value : byNumber(number);
}

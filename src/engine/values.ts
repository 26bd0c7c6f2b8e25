/** Which values a field takes, and the one form in which each is stored. Lookups are links and are judged in write/. */
import { RE2JS } from 're2js';
import type { Field } from '../model/catalogue.ts';
import { InexactNumber } from '../model/json.ts';
import { keyForm } from '../model/key-rule.ts';
import type { Violation } from '../model/outcomes.ts';
import { isStorableText, nearest, shorten } from '../model/text.ts';

/** Keys are at most 512 characters and 2,048 bytes, which is what a PostgreSQL index entry takes. */
export const keyLimits = { characters: 512, bytes: 2048 };
const textLimits: Partial<Record<Field['type'], number>> = { text: 65_536, textarea: 1_048_576, regexp: 65_536 };

export type Checked =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly violation: Violation };

const good = (value: unknown): Checked => ({ ok: true, value });

function bad(field: Field, expected: string, given: unknown): Checked {
  const message = `Field ${field.key} takes ${expected}; got ${describe(given)}.`;
  return { ok: false, violation: { code: 'value_invalid', field: field.key, expected, message } };
}

function describe(value: unknown): string {
  if (value instanceof InexactNumber) return `the number ${shorten(value.text, 60)}, which cannot be held exactly`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return shorten(JSON.stringify(value) ?? typeof value, 80);
}

/** Checks one value, not null, for a field that is not a lookup; gives its stored form. */
export function checkValue(field: Field, value: unknown): Checked {
  switch (field.type) {
    case 'text':
    case 'textarea':
      return checkText(field, value);
    case 'regexp':
      return checkPattern(field, value);
    case 'integer':
      return Number.isSafeInteger(value)
        ? good(Object.is(value, -0) ? 0 : value)
        : bad(field, 'a whole number up to 9,007,199,254,740,991', value);
    case 'decimal':
      return checkDecimal(field, value);
    case 'boolean':
      return typeof value === 'boolean' ? good(value) : bad(field, 'true or false', value);
    case 'date':
      return typeof value === 'string' && isDate(value) ? good(value) : bad(field, 'a date as YYYY-MM-DD', value);
    case 'datetime':
      return checkDatetime(field, value);
    case 'enum':
      return checkOption(field, value);
    case 'multi_enum':
      return checkOptions(field, value);
    case 'lookup':
      return bad(field, 'a reference to a record', value);
  }
}

function checkText(field: Field, value: unknown): Checked {
  if (typeof value !== 'string') return bad(field, 'text', value);
  if (!isStorableText(value)) return bad(field, 'text without NUL characters and lone surrogates', value);
  const limit = Math.min(
    field.maxLength ?? Number.POSITIVE_INFINITY,
    field.unique ? keyLimits.characters : (textLimits[field.type] ?? Number.POSITIVE_INFINITY),
  );
  // A string has at most as many characters as UTF-16 units: only a longer one must be counted.
  if (value.length > limit && [...value].length > limit) return tooLong(field, limit, 'characters');
  if (!field.unique) return good(value);
  const form = keyForm(field.keyRule, value);
  if (form === '') return bad(field, 'a key that is not empty (null for none)', value);
  // Some letters fold to several.
  return Buffer.byteLength(form) > keyLimits.bytes ? tooLong(field, keyLimits.bytes, 'bytes') : good(value);
}

function tooLong(field: Field, limit: number, unit: string): Checked {
  const message = `Field ${field.key} takes at most ${limit.toLocaleString('en')} ${unit}.`;
  return { ok: false, violation: { code: 'value_too_long', field: field.key, limit, message } };
}

// RE2 runs in time linear to the text, whatever the pattern: a stranger's pattern cannot hang the server.
const patterns = new Map<string, RE2JS>();

export function compilePattern(pattern: string): RE2JS {
  const known = patterns.get(pattern);
  if (known) return known;
  const compiled = RE2JS.compile(pattern);
  if (patterns.size >= 1000) patterns.clear();
  patterns.set(pattern, compiled);
  return compiled;
}

function checkPattern(field: Field, value: unknown): Checked {
  const text = checkText(field, value);
  if (!text.ok || field.pattern === null || compilePattern(field.pattern).matches(text.value as string)) return text;
  const message = `Field ${field.key} must match ${field.pattern}; got ${describe(value)}.`;
  return { ok: false, violation: { code: 'pattern_mismatch', field: field.key, pattern: field.pattern, message } };
}

/** Up to 15 significant digits, which a double and jsonb hold exactly. */
function checkDecimal(field: Field, value: unknown): Checked {
  const scale = field.scale ?? 15;
  const expected = `a number with at most ${scale} decimals and 15 digits in all`;
  if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) >= 1e15)
    return bad(field, expected, value);
  const decimals =
    Math.abs(value) < 1e-6 && value !== 0 ? Number.POSITIVE_INFINITY : (String(value).split('.')[1] ?? '').length;
  return decimals <= scale ? good(Object.is(value, -0) ? 0 : value) : bad(field, expected, value);
}

export function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!match || match[1] === '0000') return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Stored as UTC with milliseconds. A time without zone is refused: guessing one moves it by hours. */
function checkDatetime(field: Field, value: unknown): Checked {
  const expected = 'a date and time with zone, as 2026-03-01T09:15:00Z or 2026-03-01T09:15:00+01:00';
  if (typeof value !== 'string') return bad(field, expected, value);
  const stored = parseDatetime(value);
  return stored === undefined ? bad(field, expected, value) : good(stored);
}

/** ISO 8601 with a zone, as UTC with milliseconds; undefined when it is not. */
export function parseDatetime(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(:\d\d(\.\d{1,9})?)?)([Zz]|[+-]\d\d:?\d\d)$/.exec(text);
  if (!match || !isDate(match[1] ?? '')) return undefined;
  const time = Date.parse(`${match[1]}T${match[2]}${(match[5] ?? '').toUpperCase()}`);
  if (Number.isNaN(time)) return undefined;
  const stored = new Date(time).toISOString();
  // In UTC it may stand in the year before or after: what is stored must be a value that can be sent again.
  return isDate(stored.slice(0, 10)) ? stored : undefined;
}

function checkOption(field: Field, value: unknown): Checked {
  if (typeof value !== 'string') return bad(field, 'the value of an option, as text', value);
  return field.options.some((option) => option.value === value) ? good(value) : notAnOption(field, value);
}

function notAnOption(field: Field, value: string): Checked {
  const allowed = field.options.map((option) => option.value);
  const closest = nearest(value, allowed);
  const shown = allowed.slice(0, 20).join(', ') + (allowed.length > 20 ? `, … (${allowed.length} in all)` : '');
  const hint = closest === null ? '' : ` Did you mean ${closest}?`;
  const message = `Field ${field.key} has no option ${describe(value)}. Allowed: ${shown}.${hint}`;
  return {
    ok: false,
    violation: { code: 'value_not_an_option', field: field.key, allowed, nearest: closest, message },
  };
}

/** Stored in the order of the options, each once, so that the order in which they are sent does not count. An empty list is null. */
function checkOptions(field: Field, value: unknown): Checked {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
    return bad(field, 'a list of option values', value);
  const given = new Set<string>(value);
  const stored = field.options.map((option) => option.value).filter((option) => given.delete(option));
  const [unknown] = given;
  if (unknown !== undefined) return notAnOption(field, unknown);
  return good(stored.length === 0 ? null : stored);
}

/** Equality of stored values. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => item === b[index]);
  return a === b;
}

const maxAttributes = 50;
const maxAttributeBytes = 8192;

/** Columns of a link: scalars by name. */
export function checkAttributes(attributes: Readonly<Record<string, unknown>>): Violation | undefined {
  const invalid = (name: string, expected: string, message: string): Violation => ({
    code: 'value_invalid',
    field: `attributes.${shorten(name, 80)}`,
    expected,
    message,
  });
  const entries = Object.entries(attributes);
  if (entries.length > maxAttributes) {
    return invalid('*', `at most ${maxAttributes}`, `A link takes at most ${maxAttributes} attributes.`);
  }
  for (const [name, value] of entries) {
    const scalar = value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
    const storable = isStorableText(name) && (typeof value !== 'string' || isStorableText(value));
    if (!scalar || !storable || name === '' || name.length > 100) {
      const expected = 'text, a number, true, false or null under a name of 1 to 100 characters';
      return invalid(name, expected, `Attribute ${shorten(name, 80)} takes ${expected}; got ${describe(value)}.`);
    }
  }
  if (Buffer.byteLength(JSON.stringify(attributes)) <= maxAttributeBytes) return undefined;
  const limit = maxAttributeBytes.toLocaleString('en');
  return invalid('*', `at most ${limit} bytes`, `The attributes of a link take at most ${limit} bytes together.`);
}

/** Field values, between the vendor's spelling and the engine's. What cannot be converted is passed on: the engine names it. */

import { ulidOf } from '../../../model/ids.ts';
import { InexactNumber, parseJson } from '../../../model/json.ts';
import { type FieldValue, isPointer, type RecordView } from '../../../model/record.ts';
import { byId, byKey } from '../../../model/ref.ts';
import { timestamp } from '../call.ts';
import type { ZendeskOptions } from '../options.ts';
import type { CustomField, CustomObject } from '../schema/view.ts';

export type Converted = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string };

const converted = (value: unknown): Converted => ({ ok: true, value });

/** Fails only for what the engine could not refuse by itself, in words of the vendor's interface. null clears every field. */
export function toEngine(field: CustomField, value: unknown, objects: ReadonlyMap<string, CustomObject>): Converted {
  if (value === null) return converted(null);
  switch (field.type) {
    case 'text':
    case 'textarea':
    case 'regexp':
    case 'dropdown':
    case 'multiselect':
      return converted(value);
    case 'checkbox':
      return converted(value === 'true' ? true : value === 'false' ? false : value);
    case 'integer':
    case 'decimal':
      return converted(numberOf(value));
    case 'date':
      return converted(field.field.type === 'date' ? dayOf(value) : value);
    case 'lookup':
      return field.target === null ? converted(digitsOf(value)) : lookupOf(value, objects.get(field.target));
  }
}

/** Numeric text is taken; more digits than a number can hold stay marked, so that the engine refuses them. */
function numberOf(value: unknown): unknown {
  if (typeof value !== 'string' || !/^-?\d+(\.\d+)?$/.test(value)) return value;
  const parsed = parseJson(value.replace(/^(-?)0+(?=\d)/, '$1'));
  return parsed.ok ? parsed.value : value;
}

/** A day, or the day of a date with time as it is written: a client's midnight stays on its day, whatever its zone. */
function dayOf(value: unknown): unknown {
  const match = typeof value === 'string' ? /^(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d/.exec(value) : null;
  return match?.[1] !== undefined && !Number.isNaN(Date.parse(String(value))) ? match[1] : value;
}

/** Ids of users, tickets and organizations are numbers, and stored and shown as text. */
const digitsOf = (value: unknown): unknown => (Number.isSafeInteger(value) ? String(value) : value);

/** A value to compare with, of any type but a lookup of records. */
export function comparable(field: CustomField, value: unknown): unknown {
  const given = toEngine(field, value, new Map());
  return given.ok ? given.value : value;
}

const externalIdPrefix = 'external_id:';
const namePrefix = 'name:';

/** An id, `external_id:…` or `name:…`. A prefix is cut once, so that keys may hold colons themselves. */
function lookupOf(value: unknown, target: CustomObject | undefined): Converted {
  if (typeof value !== 'string' || target === undefined) return converted(value);
  if (value.startsWith(externalIdPrefix)) {
    return converted(byKey(target.externalId.field.key, value.slice(externalIdPrefix.length)));
  }
  if (!value.startsWith(namePrefix)) return converted(byId(value));
  if (!target.name.field.unique)
    return { ok: false, why: `names of ${target.key} are not unique; use an id or external_id` };
  return converted(byKey('name', value.slice(namePrefix.length)));
}

export function toVendor(field: CustomField, record: RecordView, options: Pick<ZendeskOptions, 'dates'>): unknown {
  const value: FieldValue = record.fields[field.field.key] ?? null;
  if (value === null) return null;
  if (isPointer(value)) return ulidOf('record', record.workspace, value.number);
  if (field.field.type === 'date') return options.dates === 'day' ? value : `${String(value)}T00:00:00+00:00`;
  if (field.field.type === 'datetime') return timestamp(new Date(String(value)));
  return value;
}

/** Text for `external_id`: a number stands for its digits, and an empty text for none. */
export function externalIdOf(value: unknown): unknown {
  if (value === '') return null;
  if (value instanceof InexactNumber) return value.text;
  return typeof value === 'number' ? String(value) : value;
}

export const isBlank = (value: unknown): boolean =>
  value === null || (typeof value === 'string' && value.trim() === '');

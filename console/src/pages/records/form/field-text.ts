/** Between a value and what stands in its input: text, or for several options a list of them. */
import type { Field } from '../../../api/catalogue.ts';
import type { ShownValue } from '../../../api/types.ts';

export type Typed = string | readonly string[];

export function typedOf({ type }: Field, value: ShownValue | undefined): Typed {
  if (type === 'multi_enum') return Array.isArray(value) ? value : [];
  if (value === null || value === undefined) return '';
  return type === 'datetime' ? localOf(String(value)) : String(value);
}

/** What is no value of the field goes as it was typed: the API says what is wrong with it. */
export function valueFrom({ type }: Field, typed: Typed): unknown {
  if (typeof typed !== 'string') return typed.length === 0 ? null : typed;
  if (typed === '') return null;
  switch (type) {
    case 'integer':
    case 'decimal':
      return /^-?\d+(\.\d+)?$/.test(typed.trim()) ? Number(typed) : typed;
    case 'boolean':
      return typed === 'true';
    case 'datetime':
      return Number.isNaN(Date.parse(typed)) ? typed : new Date(typed).toISOString();
    default:
      return typed;
  }
}

/** In the viewer's zone, to the second, as an input for it wants. */
function localOf(iso: string): string {
  const at = new Date(iso);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

export const isSame = (one: Typed, other: Typed): boolean => JSON.stringify(one) === JSON.stringify(other);

/** `as_of` and `source_version`: how old a write is, as a request says it and as an answer shows it. */
import type { StaleMember } from '../../model/outcomes.ts';
import { isSourceVersion, maxSourceVersion, parseAsOf, type Stamp, shownStamp } from '../../model/stamp.ts';
import { problem } from './problem-answer.ts';
import type { ShownStale, StampMembers } from './shapes/stamp.ts';

const expected = 'a time with its zone, such as 2026-11-30T04:00:00Z';

/** Nothing when the request does not say. */
export function stampOf({ as_of: at, source_version: version }: StampMembers, where: 'body' | 'query') {
  const place = (name: string): string => (where === 'query' ? `query.${name}` : name);
  const code = where === 'query' ? 'parameter_invalid' : 'member_invalid';
  if (at !== undefined && version !== undefined)
    throw problem(code, place('source_version'), 'Send as_of or source_version, not both.');
  if (version !== undefined) return { stamp: { kind: 'source_version', at: version } as const };
  if (at === undefined) return {};
  const stamp = parseAsOf(at);
  if (stamp === undefined) throw problem(code, place('as_of'), `as_of is ${expected}.`);
  return { stamp };
}

export type RowStamp =
  | { readonly ok: true; readonly stamp: Stamp | undefined; readonly values: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly message: string };

/** Of a row, whose members are data: the columns `@as_of` and `@source_version` begin as no name of a field can. An empty cell says nothing. */
export function stampOfRow(values: Readonly<Record<string, unknown>>): RowStamp {
  if (!('@as_of' in values) && !('@source_version' in values)) return { ok: true, stamp: undefined, values };
  const { '@as_of': at, '@source_version': version, ...rest } = values;
  const has = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
  if (has(at) && has(version)) return { ok: false, message: 'A row has @as_of or @source_version, not both.' };
  if (has(version)) {
    const counted = typeof version === 'string' && /^\d{1,16}$/.test(version) ? Number(version) : version;
    return isSourceVersion(counted)
      ? { ok: true, stamp: { kind: 'source_version', at: counted }, values: rest }
      : { ok: false, message: `@source_version is a whole number from 0 to ${maxSourceVersion.toLocaleString('en')}.` };
  }
  if (!has(at)) return { ok: true, stamp: undefined, values: rest };
  const stamp = typeof at === 'string' ? parseAsOf(at) : undefined;
  return stamp === undefined ? { ok: false, message: `@as_of is ${expected}.` } : { ok: true, stamp, values: rest };
}

export const renderStale = (stale: readonly StaleMember[]): ShownStale[] =>
  stale.map(({ field, sent, stored }) => ({ field, sent: shownStamp(sent), stored: shownStamp(stored) }));

/** How old a write is, by its sender: the time as of which it is true, or the version of it that its source counts. */

/** `at`: microseconds since 1970, or the version. */
export type Stamp = { readonly kind: StampKind; readonly at: number };
export type StampKind = 'as_of' | 'source_version';

/** Halves must stay exact: see engine/write/working/stamps.ts. */
export const maxSourceVersion = 2 ** 52 - 1;
/** Clocks differ a little; a stamp further ahead would lock out all others until then. */
export const aheadMinutes = 5;

const usPerMs = 1000;

/** ISO 8601 with a zone, to the microsecond; undefined when it is not. */
export function parseAsOf(text: string): Stamp | undefined {
  const match = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/.exec(text);
  if (!match) return undefined;
  const [, whole = '', fraction = '', zone = ''] = match;
  const ms = Date.parse(`${whole.toUpperCase()}${zone.toUpperCase()}`);
  if (Number.isNaN(ms)) return undefined;
  // A day that there is not, as 30 February, would be taken for another one.
  const isDay = new Date(`${whole.slice(0, 10)}T00:00:00Z`).toISOString().startsWith(whole.slice(0, 10));
  return isDay ? asOf(ms, Number(fraction.padEnd(6, '0').slice(0, 6))) : undefined;
}

const asOf = (ms: number, us = 0): Stamp => ({ kind: 'as_of', at: ms * usPerMs + us });

export const isSourceVersion = (version: unknown): version is number =>
  Number.isInteger(version) && (version as number) >= 0 && (version as number) <= maxSourceVersion;

export const isAhead = ({ kind, at }: Stamp, now: Date): boolean =>
  kind === 'as_of' && at > (now.getTime() + aheadMinutes * 60_000) * usPerMs;

/** As it is sent: the digits below a millisecond only where there are any. */
function stampText({ kind, at }: Stamp): string {
  if (kind === 'source_version') return String(Math.floor(at));
  const ms = Math.floor(at / usPerMs);
  const us = Math.floor(at) - ms * usPerMs;
  return us === 0
    ? new Date(ms).toISOString()
    : new Date(ms).toISOString().replace('Z', `${String(us).padStart(3, '0')}Z`);
}

/** As it is shown and kept in history. */
export type ShownStamp = { readonly as_of: string } | { readonly source_version: number };
export const shownStamp = (stamp: Stamp): ShownStamp =>
  stamp.kind === 'as_of' ? { as_of: stampText(stamp) } : { source_version: Math.floor(stamp.at) };
export const inWords = (stamp: Stamp): string => `${stamp.kind} ${stampText(stamp)}`;

/** The named date ranges of `$dateRange`, as days of UTC. */

export type DayRange = { readonly first: string; readonly last: string };

export const isDay = (text: string | undefined): text is string =>
  text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) && dayOf(new Date(`${text}T00:00:00Z`)) === text;

export const nextDay = (day: string): string => plusDays(new Date(`${day}T00:00:00Z`), 1);

/** undefined: no range has this name. */
export function dateRange(name: string, now: Date): DayRange | undefined {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  const days = (from: number, to: number): DayRange => ({ first: plusDays(now, from), last: plusDays(now, to) });
  const months = (from: number, count: number): DayRange => ({
    first: dayOf(new Date(Date.UTC(year, from, 1))),
    last: dayOf(new Date(Date.UTC(year, from + count, 0))),
  });
  const quarter = month - (month % 3);
  const ranges: Readonly<Record<string, () => DayRange>> = {
    yesterday: () => days(-1, -1),
    today: () => days(0, 0),
    tomorrow: () => days(1, 1),
    last_7_days: () => days(-6, 0),
    next_7_days: () => days(0, 6),
    last_30_days: () => days(-29, 0),
    next_30_days: () => days(0, 29),
    last_month: () => months(month - 1, 1),
    this_month: () => months(month, 1),
    next_month: () => months(month + 1, 1),
    last_quarter: () => months(quarter - 3, 3),
    this_quarter: () => months(quarter, 3),
    next_quarter: () => months(quarter + 3, 3),
    last_year: () => months(-12, 12),
    this_year: () => months(0, 12),
    next_year: () => months(12, 12),
  };
  return Object.hasOwn(ranges, name) ? ranges[name]?.() : undefined;
}

const dayOf = (at: Date): string => (Number.isNaN(at.getTime()) ? '' : at.toISOString().slice(0, 10));

const plusDays = (at: Date, days: number): string =>
  dayOf(new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() + days)));

/** The last 24 hours, hour by hour, in the viewer's zone. */
import type { ShownRun } from '../../api/types.ts';

const hourMs = 3_600_000;

export type Hour = { readonly from: Date; readonly runs: readonly ShownRun[] };

export const hoursOfDay = 24;

/** When the first of them began: the last one is under way. */
export function beginOfDay(now = new Date()): Date {
  const current = new Date(now);
  current.setMinutes(0, 0, 0);
  return new Date(current.getTime() - (hoursOfDay - 1) * hourMs);
}

export function lastDay(runs: readonly ShownRun[], begin: Date): readonly Hour[] {
  return Array.from({ length: hoursOfDay }, (_, index) => {
    const from = new Date(begin.getTime() + index * hourMs);
    const isWithin = ({ received_at }: ShownRun): boolean =>
      Math.floor((Date.parse(received_at) - from.getTime()) / hourMs) === 0;
    return { from, runs: runs.filter(isWithin) };
  });
}

export const sumOf = (runs: readonly ShownRun[], amount: (run: ShownRun) => number): number =>
  runs.reduce((sum, run) => sum + amount(run), 0);

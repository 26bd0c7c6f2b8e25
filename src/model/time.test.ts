import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTime } from './time.ts';

describe('a point in time', () => {
  it('is written as toISOString writes it, whatever the year and the day before', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (at) => {
        expect(isoTime(at)).toBe(at.toISOString());
      }),
    );
  });

  it.each([0, -1, 86_399_999, 86_400_000, Date.UTC(2026, 1, 28, 23, 59, 59, 999)])('holds at %d ms', (ms) => {
    expect(isoTime(new Date(ms))).toBe(new Date(ms).toISOString());
    expect(isoTime(new Date(ms + 1))).toBe(new Date(ms + 1).toISOString());
  });

  it('is none when there is no date', () => {
    expect(() => isoTime(new Date(Number.NaN))).toThrow(RangeError);
  });
});

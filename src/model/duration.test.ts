import { describe, expect, it } from 'vitest';
import { parseDuration } from './duration.ts';

const hour = 3_600_000;

describe('a duration', () => {
  it.each([
    ['26h', 26 * hour],
    ['PT26H', 26 * hour],
    ['P1DT2H', 26 * hour],
    ['90m', 1.5 * hour],
    ['PT1H30M', 1.5 * hour],
    ['2w', 14 * 24 * hour],
    ['P2W', 14 * 24 * hour],
    ['1s', 1_000],
    [3_600, hour],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '26', 'h', '26 h', '-1h', '1.5h', 'P', 'PT', 'P1M', '1h30m', '0s', '9999w', 0, -1, 0.5, null, {}])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

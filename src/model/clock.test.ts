import { globSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { clock } from './clock.ts';

afterEach(() => clock.set(null));

function expectMachines(nowMs: () => number): void {
  const times = [Date.now(), nowMs(), Date.now()];
  expect(times).toEqual(times.toSorted((a, b) => a - b));
}

describe('the clock', () => {
  it('is the machine’s, until it is set; then it goes on from there', () => {
    expectMachines(clock.nowMs);
    clock.set(new Date('2031-05-01T12:00:00Z'));
    expect(clock.now().toISOString()).toMatch(/^2031-05-01T12:00:0/);
    expect(clock.aheadMs()).toBeGreaterThan(0);
    clock.set(new Date('2001-01-01T00:00:00Z'));
    expect(clock.now().getUTCFullYear()).toBe(2001);
    expectMachines(clock.machineNowMs);
    clock.set(null);
    expect(clock.aheadMs()).toBe(0);
  });

  it('is the only one that engine, dialects and statements ask', () => {
    // A first time in a migration is any that is past; which migrations a database has is for whoever runs the machine.
    const own = /values \(0, now\(\)\)/;
    const other = /new Date\(\)|Date\.now\b|clock_timestamp|current_timestamp|[^.\w]now\(\)(?= ?[,)])/;
    const files = globSync('src/{store,engine,dialects}/**/*.{ts,sql}').filter(
      (file) => !/test|migrate\.ts$/.test(file),
    );
    expect(files.length).toBeGreaterThan(300);
    expect(files.filter((file) => other.test(readFileSync(file, 'utf8').replace(own, '')))).toEqual([]);
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NumberSet } from './number-set.ts';

const near = fc.integer({ min: 0, max: 200 }).map((number) => number * 997 + 65_500);
const lists = fc.tuple(fc.array(near), fc.array(near), fc.array(near));

function setOf(numbers: readonly number[]): NumberSet {
  const set = new NumberSet();
  for (const number of numbers) set.add(number);
  return set;
}

it('holds each number once, and gives those that others lack in their order', () => {
  fc.assert(
    fc.property(lists, near, ([all, some, others], probe) => {
      const set = setOf(all);
      expect(set.size).toBe(new Set(all).size);
      expect(set.has(probe)).toBe(all.includes(probe));
      const left = [...new Set(all)].filter((one) => !some.includes(one) && !others.includes(one));
      expect([...set.without(setOf(some), setOf(others))]).toEqual(left.sort((a, b) => a - b));
    }),
  );
});

import { expect, it } from 'vitest';
import { TextSet } from './text-set.ts';

it('tells texts that are there from those that are not, however many', () => {
  const set = new TextSet();
  for (let index = 0; index < 50_000; index++) expect(set.add(`key ${index}`)).toBe(true);
  for (let index = 0; index < 50_000; index++) expect(set.add(`key ${index}`)).toBe(false);
  expect(['', 'key', 'key 50000'].map((text) => set.add(text))).toEqual([true, true, true]);
});

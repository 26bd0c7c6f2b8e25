import fc from 'fast-check';
import { expect, it } from 'vitest';
import { repeatedTexts, TextSet } from './text-set.ts';

it('tells texts that are there from those that are not, however many', () => {
  const set = new TextSet();
  for (let index = 0; index < 50_000; index++) expect(set.add(`key ${index}`)).toBe(true);
  for (let index = 0; index < 50_000; index++) expect(set.add(`key ${index}`)).toBe(false);
  expect(['', 'key', 'key 50000'].map((text) => set.add(text))).toEqual([true, true, true]);
});

it('finds what comes again, however few are looked at at once', async () => {
  const texts = fc.array(fc.constantFrom(...'abcdefghij'), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(texts, fc.integer({ min: 1, max: 40 }), async (sent, atOnce) => {
      const rounds: number[] = [];
      async function* all(before: number) {
        rounds.push(before);
        for (const [place, text] of sent.entries()) yield { text, place };
      }
      const found = await repeatedTexts(all, sent.length, atOnce);
      const again = [...new Set(sent)].filter((text) => sent.indexOf(text) !== sent.lastIndexOf(text));
      expect([...found].sort()).toEqual(again.map((text) => [text, sent.lastIndexOf(text)]).sort());
      expect(rounds).toEqual([...Array(Math.max(1, Math.ceil(sent.length / atOnce))).keys()]);
    }),
  );
});

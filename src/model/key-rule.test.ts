import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KeyRule, keyForm, keyRuleSteps } from './key-rule.ts';

const rules = fc.subarray([...keyRuleSteps]);
/** Text in which what the rules are about is frequent: white space, case, accents, and letters that fold in unusual ways. */
const keys = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...' \t\u00a0\ufeffaAeEé\u0301\u0308\u0345ςσΣßẞİıIiꭰᎠᾳΐǰﬃÅÅ') }),
);

describe('the form of a key', () => {
  it('is the key itself, unless a rule is declared', () => {
    fc.assert(fc.property(keys, (key) => keyForm([], key) === key));
  });

  it('is its own form, by whatever rule', () => {
    fc.assert(
      fc.property(keys, rules, (key, rule) => {
        const form = keyForm(rule, key);
        expect(keyForm(rule, form)).toBe(form);
      }),
      { numRuns: 5_000 },
    );
  });

  it('is its own form for every character that there is', () => {
    const all = Array.from({ length: 0x110000 }, (_, code) => code).filter((code) => code < 0xd800 || code > 0xdfff);
    for (const rule of [['fold'], ['nfc'], ['trim', 'fold', 'nfc']] satisfies KeyRule[]) {
      const unstable = all.filter((code) => {
        const form = keyForm(rule, String.fromCodePoint(code));
        return keyForm(rule, form) !== form;
      });
      expect(unstable).toEqual([]);
    }
  });

  it('does not depend on the order in which the rule names its steps', () => {
    fc.assert(fc.property(keys, rules, (key, rule) => keyForm(rule, key) === keyForm([...rule].reverse(), key)));
  });

  it('is one for all spellings that the rule does not tell apart', () => {
    fc.assert(
      fc.property(keys, (key) => {
        const all: KeyRule = ['trim', 'fold', 'nfc'];
        const form = keyForm(all, key);
        for (const spelling of [` ${key}\t`, key.normalize('NFD'), key.normalize('NFC'), form])
          expect(keyForm(all, spelling)).toBe(form);
        expect(keyForm(['fold'], keyForm(['fold'], key).toLowerCase())).toBe(keyForm(['fold'], key));
      }),
    );
  });

  it.each([
    ['fold', 'A-1', 'a-1'],
    ['fold', 'STRASSE', 'straße'],
    ['fold', 'ΟΔΟΣ', 'οδος'],
    ['fold', 'ΟΔΟΣ', 'οδοσ'],
    ['fold', 'ﬃ', 'FFI'],
    ['fold', 'Ꭰ', 'ꭰ'],
    ['trim', ' A 1\u00a0', 'A 1'],
    ['nfc', 'e\u0301', 'é'],
    ['nfc', '\u212b', 'Å'],
  ] as const)('by %s is one of %j and %j', (step, one, other) => {
    expect(keyForm([step], one)).toBe(keyForm([step], other));
  });

  it.each([
    ['fold', 'I', 'ı'], // the Turkish i has no part in Unicode's folding
    ['fold', 'a', ' a'],
    ['fold', 'é', 'e\u0301'],
    ['trim', 'A  1', 'A 1'],
    ['trim', 'A', 'a'],
    ['nfc', 'ﬃ', 'ffi'],
    ['nfc', 'A', 'a'],
  ] as const)('by %s is not one of %j and %j', (step, one, other) => {
    expect(keyForm([step], one)).not.toBe(keyForm([step], other));
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InexactNumber, parseJson } from './json.ts';

const parsed = (text: string): unknown => {
  const result = parseJson(text);
  return result.ok ? result.value : result;
};

describe('numbers in JSON', () => {
  it.each([
    '12345678901234567890',
    '123456789012345.678',
    '1234567890123456.7',
    '0.12345678901234567',
    '1e400',
    '-1e-400',
  ])('that a double cannot hold are kept as text: %s', (text) => {
    const inside = [
      (n: string) => n,
      (n: string) => `[${n}]`,
      (n: string) => `{"a": ${n}}`,
      (n: string) => `[1,\n${n}]`,
    ];
    for (const write of inside) expect(JSON.stringify(parsed(write(text)))).toContain(`"${text}"`);
  });

  it.each(['0', '-0', '1', '81.5', '123456789012345', '9007199254740992', '1e3', '1.50E+2', '0e999', '0.1'])(
    'that a double holds are numbers: %s',
    (text) => {
      expect(parsed(text)).toBe(Number(text));
    },
  );

  it('of few digits are what JSON.parse reads, and so is all else', () => {
    fc.assert(
      fc.property(fc.object({ values: [fc.string(), fc.integer(), fc.boolean(), fc.constant(null)] }), (value) => {
        expect(parsed(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('never lose a digit, whatever their length', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.nat(1_000_000), (whole, fraction) => {
        const text = `${whole}.${fraction}1`;
        const value = parsed(`{"a": ${text}}`) as { a: number | InexactNumber };
        expect(value.a instanceof InexactNumber ? value.a.text : String(value.a)).toBe(text);
      }),
    );
  });
});

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
    '9007199254740993',
    '4e-324',
    '-123456789e-330',
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

  it('of every double are read back as that double, from its shortest form', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parsed(`[${JSON.stringify(value)}]`)).toEqual([JSON.parse(JSON.stringify(value))]);
      }),
    );
  });
});

describe('JSON text', () => {
  it('is read as JSON.parse reads it, with exact numbers of any spelling in it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parsed(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('may hold digits and numbers in its strings, which stay as they are', () => {
    for (const inside of ['12345678901234567890', ': 12345678901234567890', '[1e400', ',-1e400,', 'a\\",1e400'])
      expect(parsed(JSON.stringify({ [inside]: inside, n: 1e21 }))).toEqual({ [inside]: inside, n: 1e21 });
  });

  it('gives __proto__ as an ordinary member, on the slow path too', () => {
    for (const text of ['{"__proto__": {"admin": true}}', '{"__proto__": {"admin": true}, "n": 1e2}']) {
      const value = parsed(text) as object;
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect(Object.keys(value)).toContain('__proto__');
      expect((value as { admin?: boolean }).admin).toBeUndefined();
    }
  });

  it.each([
    '',
    ' ',
    '{',
    '[1,]',
    '{"a":1,}',
    "{'a':1}",
    'NaN',
    '01',
    '1.',
    '.5',
    '+1',
    '0x1',
    '"\\u12"',
    '[1] 2',
    'undefined',
  ])('that is none is refused with a message: %j', (text) => {
    expect(parseJson(text)).toEqual({ ok: false, message: expect.stringMatching(/./) });
  });

  it('nested a million deep is an answer and no crash', () => {
    for (const inner of ['1', '1e400']) {
      const depth = 1_000_000;
      expect(typeof parseJson('['.repeat(depth) + inner + ']'.repeat(depth)).ok).toBe('boolean');
    }
  });
});

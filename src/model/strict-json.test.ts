import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from './json.ts';
import { parseStrictJson } from './strict-json.ts';

describe('strict JSON', () => {
  it.each([
    '{"a": 1, "a": 2}',
    '{"a": 1, "a": 1}',
    '{"a" \n: 1, "\\u0061"\t:2}',
    '{"b": "x:\\":", "a": "\\":", "a": 2}',
    '[{"a": 1}, {"b": [{"a": {}, "a": []}]}]',
    '{"a": 12345678901234567890, "a": 2}',
  ])('has no member twice: %s', (text) => {
    expect(parseStrictJson(text)).toEqual({ ok: false, message: 'a is given twice.' });
  });

  it('has one name in several objects, and texts that look like names', () => {
    const text = '[{"a": "\\":", "b": {"a": "\\"a\\": 1"}}, {"a": "a:b", "__proto__": ":"}]';
    expect(parseStrictJson(text)).toEqual(parseJson(text));
  });

  it('is otherwise what it is', () => {
    const texts = fc.string({ unit: fc.constantFrom('"', ':', '\\', 'a', ' ', '{', ',') });
    fc.assert(
      fc.property(fc.object({ key: texts, values: [texts, fc.integer()] }), (value) => {
        const text = JSON.stringify(value, null, 1);
        expect(parseStrictJson(text)).toEqual(parseJson(text));
      }),
    );
  });

  it('is refused where any text, number or list stands under a name that was there', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.jsonValue(), (value, again) => {
        const name = JSON.stringify(Object.keys(value)[0]);
        const text = `${JSON.stringify(value).slice(0, -1)}, ${name}: ${JSON.stringify(again)}}`;
        expect(parseStrictJson(text)).toMatchObject({ ok: false });
      }),
    );
  });

  it('tells other faults as ever', () => {
    expect(parseStrictJson('{"a": 1, "a"')).toEqual(parseJson('{"a": 1, "a"'));
  });
});

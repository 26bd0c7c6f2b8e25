import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonFlaw } from './json-flaws.ts';

describe('a JSON body', () => {
  it.each([
    ['{"Elements":[{"Name":1}],"Elements":[]}', 'Elements'],
    ['{"Elements":[{"a":1},{"b":{"c":1,"d":[0],"c":2}}]}', 'Elements[1].b.c'],
    ['{"Elements":[{"Name":1,"N\\u0061me":2}]}', 'Elements[0].Name'],
    ['{"a\\"":1 , "a\\"" :2}', 'a"'],
  ])('%s has a member twice at %s', (text, path) => {
    expect(findJsonFlaw(text, 32)).toMatchObject({ path, message: expect.stringContaining('twice') });
  });

  it('may use a name again in another object, and hold names and brackets in text', () => {
    expect(findJsonFlaw('{"a":[{"a":1},{"a":"\\\\\\"a,[{"}],"b":"a","c":["x","x"],"":0}', 4)).toBeUndefined();
  });

  it('may nest as deep as the limit and no deeper', () => {
    expect(findJsonFlaw('[[[[]]]]', 4)).toBeUndefined();
    expect(findJsonFlaw('[[[[0,[]]]]]', 4)).toMatchObject({ path: '[0][0][0][1]' });
    expect(findJsonFlaw('['.repeat(1_000_000), 32)).toBeDefined();
  });

  it('is never called flawed when JSON.stringify wrote it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(findJsonFlaw(JSON.stringify(value), 32)).toBeUndefined();
      }),
    );
  });

  it('need not be JSON at all', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', 'a', '\\u00') }),
        (text) => {
          findJsonFlaw(text, 4);
        },
      ),
    );
  });
});

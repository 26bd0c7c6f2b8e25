import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ElementFormat, maxElementBytes, type RawElement, readElements } from './elements.ts';

/** Cuts the text into pieces of these sizes, in turn, as a network would. */
async function* pieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function read(
  text: string | Buffer,
  format: ElementFormat,
  sizes: readonly number[] = [7],
): Promise<RawElement[]> {
  const elements: RawElement[] = [];
  for await (const some of readElements(pieces(Buffer.from(text), sizes), format)) elements.push(...some);
  return elements;
}

const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });
const spaces = fc.stringMatching(/^[ \t\r\n]{0,3}$/);

describe('elements of a JSON array', () => {
  it('are those that JSON.parse gives, wherever the body is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), spaces, sizes, fc.boolean(), async (values, space, cuts, pretty) => {
        const inner = values.map((value) => JSON.stringify(value, null, pretty ? 2 : 0)).join(`${space},${space}`);
        const elements = await read(`${space}[${space}${inner}${space}]${space}`, 'json', cuts);
        expect(elements.map(({ text }) => JSON.parse(text) as unknown)).toEqual(JSON.parse(JSON.stringify(values)));
        expect(elements.map(({ index }) => index)).toEqual(values.map((_, index) => index));
      }),
      { numRuns: 500 },
    );
  });

  it('come to nothing for a body that JSON.parse refuses: it throws, or some element cannot be parsed', async () => {
    const mutated = fc
      .tuple(fc.array(fc.jsonValue()), fc.nat(), fc.constantFrom('', ',', '[', ']', '{', '}', '"', '\\', 'x'))
      .map(([values, at, junk]) => {
        const text = JSON.stringify(values);
        const place = at % (text.length + 1);
        return text.slice(0, place) + junk + text.slice(place + (junk === '' ? 1 : 0));
      });
    await fc.assert(
      fc.asyncProperty(mutated, sizes, async (text, cuts) => {
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expected = undefined;
        }
        let actual: unknown;
        try {
          actual = (await read(text, 'json', cuts)).map((element) => JSON.parse(element.text) as unknown);
        } catch {
          actual = undefined;
        }
        expect(actual).toEqual(Array.isArray(expected) ? expected : undefined);
      }),
      { numRuns: 2000 },
    );
  });

  it('know the line that they begin on', async () => {
    const elements = await read('[\n {"a": "x\\ny"},\n\n {\n"b":1}\n]', 'json', [3]);
    expect(elements.map(({ line }) => line)).toEqual([2, 4]);
  });

  it.each([
    ['', 'ends before its array does'],
    ['{}', 'must be one JSON array'],
    ['[1', 'ends before its array does'],
    ['[1,]', 'an element is missing'],
    ['[1] 2', 'something follows'],
    ['[1}]', 'closing bracket too many'],
  ])('say what is wrong with %j', async (text, message) => {
    await expect(read(text, 'json')).rejects.toThrow(message);
  });
});

describe('lines of NDJSON', () => {
  it('are the lines that are not empty, with their numbers, wherever the body is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.jsonValue())),
        sizes,
        fc.constantFrom('\n', '\r\n'),
        async (values, cuts, end) => {
          const lines = values.map((value) => (value === null ? '' : JSON.stringify(value)));
          const elements = await read(lines.join(end), 'ndjson', cuts);
          const expected = lines.flatMap((text, index) => (text === '' ? [] : [{ text, line: index + 1 }]));
          expect(elements).toEqual(expected.map((element, index) => ({ ...element, index })));
        },
      ),
    );
  });
});

describe('a body', () => {
  it('may begin with a byte order mark', async () => {
    expect(await read('\uFEFF[1]', 'json', [100])).toHaveLength(1);
    expect((await read('\uFEFF1\n2', 'ndjson', [100])).map(({ text }) => text)).toEqual(['1', '2']);
  });

  it('is refused when it is not UTF-8, or when one element is too large', async () => {
    for (const format of ['json', 'ndjson'] as const) {
      await expect(read(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d, 0x0a]), format)).rejects.toThrow('UTF-8');
      await expect(read(`["${'x'.repeat(maxElementBytes)}"]`, format, [65_536])).rejects.toThrow('larger than');
    }
  });
});

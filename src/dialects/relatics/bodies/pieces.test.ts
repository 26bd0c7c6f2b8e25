// A body comes in pieces that are cut anywhere: the elements must be the same, and the same text each time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SetElement, SetSource } from '../../../model/commands.ts';
import { jsonSet } from './parse-json.ts';
import { xmlSet } from './parse-xml.ts';
import type { SetShape } from './shape.ts';

const shape: SetShape = {
  singular: 'Element',
  plural: 'Elements',
  emptyText: 'clear',
  displayName: 'displayname',
  nameOf: (field) => field,
  member: (name) => ({ name, meaning: undefined }),
};

const text = fc.string({
  unit: fc.constantFrom('a', ' ', '"', '\\', '>', '<', '&', '[', '}', 'é', '😀', '\n'),
  maxLength: 8,
});
const elements = fc.array(fc.record({ key: text.map((one) => `k${one}`), value: text }), { maxLength: 6 });
const cuts = fc.array(fc.nat(400), { maxLength: 12 });

async function* inPieces<Body extends string | Buffer>(body: Body, at: readonly number[]): AsyncGenerator<Body> {
  const places = [0, ...[...at].sort((a, b) => a - b).filter((place) => place < body.length), body.length];
  for (let index = 1; index < places.length; index++) yield body.slice(places[index - 1], places[index]) as Body;
}

async function readAll(set: SetSource): Promise<{ raws: string[]; read: SetElement[] }> {
  const [raws, read]: [string[], SetElement[]] = [[], []];
  for await (const some of set.elements)
    for (let index = 0; index < some.length; index++) {
      read.push(set.read(some.at(index), raws.length));
      raws.push(some.at(index).toString());
    }
  return { raws, read };
}

const escaped = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

describe('a body in pieces', () => {
  it('of JSON has the same elements as the whole', async () => {
    await fc.assert(
      fc.asyncProperty(elements, cuts, fc.constantFrom('', ' ', '\n\t'), async (wanted, at, space) => {
        const rows = wanted.map(({ key, value }) => JSON.stringify({ '@externalid': key, Odd: value }));
        const body = Buffer.from(
          `${space}{${space}"Elements"${space}:[${rows.join(`${space},`)}${space}]${space}}${space}`,
        );
        const { raws, read } = await readAll(jsonSet(inPieces(body, at), shape));
        expect(raws).toEqual(rows);
        expect(read).toEqual(wanted.map(({ key, value }, place) => elementOf(key, value, place)));
      }),
    );
  });

  it('of XML has the same elements as the whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        elements,
        cuts,
        fc.constantFrom('', ' ', '\n\t', '<!-- <Element> -->'),
        async (wanted, at, space) => {
          const rows = wanted.map(
            ({ key, value }) => `<Element externalid="${escaped(key)}"><Odd>${escaped(value)}</Odd></Element>`,
          );
          const body = `<?xml version="1.0"?>${space.trim() === '' ? '' : space}<elements><Elements>${rows.join(space)}${space}</Elements></elements>`;
          const { raws, read } = await readAll(xmlSet(inPieces(body, at), shape));
          expect(raws).toEqual(rows);
          // An attribute's line break is a space (XML 1.0, 3.3.3).
          expect(read).toEqual(
            wanted.map(({ key, value }, place) => elementOf(key.replaceAll('\n', ' '), value, place)),
          );
        },
      ),
    );
  });
});

const elementOf = (key: string, value: string, place: number): SetElement => ({
  key,
  path: `Elements[${place}]`,
  members: [{ name: 'Odd', sentAs: 'Odd', kind: 'unknown', value }],
  nameOf: shape.nameOf,
});

// Elements as a complete set that a test hands to the engine itself, as a dialect would hand it a body.
import type { SetElement, SetReaders, SetSource } from '../src/model/commands.ts';
import { PackedElements } from '../src/model/packed.ts';

/** The bytes of an element are what it says: equal elements have equal bytes, wherever they stand. */
export const setOf = (elements: readonly SetElement[]) => (): SetSource => ({
  format: 'test',
  body: 'json',
  elements: oneByOne(elements.map(textOf)),
  read(_raw, place) {
    const element = elements[place];
    if (element === undefined) throw new Error(`There is no element ${place}`);
    return element;
  },
  pathOf: (place) => elements[place]?.path ?? '',
});

/** How such a set is read when it was queued. */
export const testReaders: SetReaders = {
  test: () => ({
    read(raw, place) {
      const [key, members] = JSON.parse(raw.toString());
      return { key, members, path: `[${place}]` };
    },
    pathOf: (place) => `[${place}]`,
  }),
};

export const textOf = ({ key, members }: SetElement): string => JSON.stringify([key, members]);

async function* oneByOne(texts: readonly string[]): AsyncGenerator<PackedElements> {
  for (const text of texts) yield PackedElements.of([text]);
}

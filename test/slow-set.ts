// A complete set whose body does not end before it is told to: its run has the interface, or is on its way into the queue.
import type { SetElement, SetSource } from '../src/model/commands.ts';
import { PackedElements } from '../src/model/packed.ts';
import { setOf, textOf } from './set-of.ts';

export type SlowSet = {
  readonly open: () => SetSource;
  /** All of its elements have been taken. */
  readonly begun: Promise<void>;
  readonly end: () => void;
  readonly breakOff: (error: Error) => void;
};

export function slowSet(elements: readonly SetElement[]): SlowSet {
  const ending = Promise.withResolvers<Error | undefined>();
  const begun = Promise.withResolvers<void>();
  const open = (): SetSource => ({
    ...setOf(elements)(),
    elements: (async function* () {
      yield PackedElements.of(elements.map(textOf));
      begun.resolve();
      const error = await ending.promise;
      if (error !== undefined) throw error;
    })(),
  });
  return {
    open,
    begun: begun.promise,
    end: () => ending.resolve(undefined),
    breakOff: (error) => ending.resolve(error),
  };
}

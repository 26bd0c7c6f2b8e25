/**
 * Many callers, one batch at a time: whatever arrived while the last batch was in flight is the next one. There is no timer, so a
 * lone caller never waits for company.
 */
import { Overloaded } from './hub-errors.ts';

export type Waiting<Item, Answer> = {
  readonly item: Item;
  readonly resolve: (answer: Answer | Promise<Answer>) => void;
  readonly reject: (fault: unknown) => void;
};

const maxBatch = 500;
const maxWaiting = 20_000;

export class Batcher<Item, Answer> {
  readonly #run: (items: readonly Item[]) => Promise<readonly (Answer | Promise<Answer>)[]>;
  readonly #fail: (batch: readonly Waiting<Item, Answer>[], fault: unknown) => void;
  #waiting: Waiting<Item, Answer>[] = [];
  #running: Promise<void> | null = null;

  /** @param run gives one answer for each item, in their order; one that takes longer than the batch may be a promise. @param fail settles the callers of a batch that could not be run. */
  constructor(
    run: (items: readonly Item[]) => Promise<readonly (Answer | Promise<Answer>)[]>,
    fail: (batch: readonly Waiting<Item, Answer>[], fault: unknown) => void,
  ) {
    this.#run = run;
    this.#fail = fail;
  }

  submit(item: Item): Promise<Answer> {
    if (this.#waiting.length >= maxWaiting) return Promise.reject(new Overloaded(1));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#running ??= this.#drain();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  async #drain(): Promise<void> {
    // The rest of this turn of the event loop may bring more items: let them into the first batch.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, maxBatch);
      try {
        const answers = await this.#run(batch.map(({ item }) => item));
        batch.forEach(({ resolve }, index) => {
          resolve(answers[index] as Answer);
        });
      } catch (fault) {
        this.#fail(batch, fault);
      }
    }
    this.#running = null;
  }
}

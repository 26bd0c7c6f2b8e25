/**
 * Many callers, few batches: whatever arrived while the last batch was in flight is the next one. There is no timer, so a lone caller
 * never waits for company. A second batch goes beside the first, so that this process works while the database does; what touches
 * the same things as a batch in flight waits for it.
 */
import { Overloaded } from './hub-errors.ts';

export type Waiting<Item, Answer> = {
  readonly item: Item;
  readonly touches: readonly string[];
  readonly resolve: (answer: Answer | Promise<Answer>) => void;
  readonly reject: (fault: unknown) => void;
};

type Work<Item, Answer> = {
  /** Gives one answer for each item, in their order; one that takes longer than the batch may be a promise. */
  readonly run: (items: readonly Item[]) => Promise<readonly (Answer | Promise<Answer>)[]>;
  /** Settles the callers of a batch that could not be run. */
  readonly fail: (batch: readonly Waiting<Item, Answer>[], fault: unknown) => void;
  /** What an item must have for itself, by name: no two batches in flight share any. */
  readonly touches: (item: Item) => readonly string[];
};

const maxBatch = 500;
const maxWaiting = 20_000;
const maxInFlight = 2;
/** A batch beside another one must be worth its transaction. */
const leastBeside = 8;
/** How far to look for items that touch nothing in flight, past such as do. */
const furthestLook = 4 * maxBatch;

export class Batcher<Item, Answer> {
  readonly #work: Work<Item, Answer>;
  readonly #busy = new Set<string>();
  readonly #idle: (() => void)[] = [];
  #waiting: Waiting<Item, Answer>[] = [];
  #inFlight = 0;
  #itemsInFlight = 0;
  #isScheduled = false;

  constructor(work: Work<Item, Answer>) {
    this.#work = work;
  }

  submit(item: Item): Promise<Answer> {
    if (this.#waiting.length >= maxWaiting) return Promise.reject(new Overloaded(1));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, touches: this.#work.touches(item), resolve, reject });
      this.#schedule();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    if (this.#inFlight > 0 || this.#waiting.length > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** The rest of this turn of the event loop may bring more items: let them into the same batch. */
  #schedule(): void {
    if (this.#isScheduled || this.#inFlight === maxInFlight) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#start();
    });
  }

  #start(): void {
    while (this.#inFlight < maxInFlight && this.#waiting.length > 0) {
      const enough = this.#inFlight === 0 ? 1 : Math.max(leastBeside, this.#itemsInFlight / 2);
      if (this.#waiting.length < enough) return;
      const batch = this.#takeBatch();
      if (batch.length === 0) return;
      void this.#runBatch(batch);
    }
  }

  /** In the order of arrival, but for those that must wait for a batch in flight, or for one that waits for it. */
  #takeBatch(): Waiting<Item, Answer>[] {
    const batch: Waiting<Item, Answer>[] = [];
    const left: Waiting<Item, Answer>[] = [];
    const blocked = new Set(this.#busy);
    let looked = 0;
    for (const waiting of this.#waiting) {
      if (batch.length === maxBatch || looked === furthestLook) break;
      looked++;
      if (blocked.size > 0 && waiting.touches.some((name) => blocked.has(name))) {
        for (const name of waiting.touches) blocked.add(name);
        left.push(waiting);
      } else {
        batch.push(waiting);
      }
    }
    this.#waiting = left.concat(this.#waiting.slice(looked));
    return batch;
  }

  async #runBatch(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    const names = batch.flatMap(({ touches }) => touches);
    for (const name of names) this.#busy.add(name);
    this.#inFlight++;
    this.#itemsInFlight += batch.length;
    try {
      const answers = await this.#work.run(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => {
        resolve(answers[index] as Answer);
      });
    } catch (fault) {
      this.#work.fail(batch, fault);
    }
    for (const name of names) this.#busy.delete(name);
    this.#inFlight--;
    this.#itemsInFlight -= batch.length;
    if (this.#waiting.length > 0) this.#schedule();
    else if (this.#inFlight === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }
}

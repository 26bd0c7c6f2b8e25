/**
 * Work that takes the processor for long: a few are done at once, and of the others as many wait as can be served in a few seconds. Turns go
 * round among those who ask, and where no more may wait, whoever has most waiting is turned away: who asks for much holds up nobody else.
 */
import { Overloaded } from '../hub-errors.ts';

type Waiting = { readonly begin: () => void; readonly refuse: () => void };

export class FairTurns {
  readonly #most: { readonly atWork: number; readonly waiting: number };
  readonly #retryAfterSeconds: number;
  /** By who asks; the first of them is next. */
  readonly #queues = new Map<string, Waiting[]>();
  #atWork = 0;
  #waiting = 0;

  constructor(most: { readonly atWork: number; readonly waiting: number }, retryAfterSeconds: number) {
    this.#most = most;
    this.#retryAfterSeconds = retryAfterSeconds;
  }

  /** Throws Overloaded, before the work is begun. */
  async run<T>(who: string, work: () => Promise<T>): Promise<T> {
    if (this.#atWork < this.#most.atWork) this.#atWork += 1;
    else await this.#turn(who);
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  #turn(who: string): Promise<void> {
    const queue = this.#queues.get(who) ?? [];
    if (this.#waiting >= this.#most.waiting) this.#makeRoom(queue);
    this.#queues.set(who, queue);
    this.#waiting += 1;
    return new Promise((resolve, reject) => {
      queue.push({ begin: resolve, refuse: () => reject(new Overloaded(this.#retryAfterSeconds)) });
    });
  }

  /** For one more in the queue, which must have fewer than the longest even then. */
  #makeRoom(queue: readonly Waiting[]): void {
    let longest: Waiting[] = [];
    for (const one of this.#queues.values()) if (one.length > longest.length) longest = one;
    if (longest.length <= queue.length + 1) throw new Overloaded(this.#retryAfterSeconds);
    longest.pop()?.refuse();
    this.#waiting -= 1;
  }

  /** Hands the place of one that is done to the next. */
  #next(): void {
    const [first] = this.#queues;
    if (first === undefined) {
      this.#atWork -= 1;
      return;
    }
    const [who, queue] = first;
    this.#queues.delete(who);
    const next = queue.shift();
    if (queue.length > 0) this.#queues.set(who, queue);
    this.#waiting -= 1;
    next?.begin();
  }
}

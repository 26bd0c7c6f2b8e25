/** At most a few runs are received at once, since each holds a connection while its body arrives; of these, fewer are applied. */
import { Overloaded } from '../hub-errors.ts';

const mostReceiving = 6;
/** Each of them has what is known of its interface in memory. */
const mostApplying = 3;

export class ReceivingGate {
  readonly #patienceMs: number;
  #receiving = 0;
  #applying = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(patienceMs = 60_000) {
    this.#patienceMs = patienceMs;
  }

  /** Waits for its turn, in the order of arrival. Throws Overloaded after a while. @returns what must be called at the end. */
  async enter(): Promise<() => void> {
    if (this.#receiving < mostReceiving) this.#receiving += 1;
    else await this.#turn(); // whoever leaves hands its place on
    return () => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#receiving -= 1;
      else next();
    };
  }

  /** undefined: too many are at it already; a set can wait in the queue. */
  tryApply(): (() => void) | undefined {
    if (this.#applying === mostApplying) return undefined;
    this.#applying += 1;
    let isOver = false;
    return () => {
      if (!isOver) this.#applying -= 1;
      isOver = true;
    };
  }

  #turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(new Overloaded(30));
      }, this.#patienceMs);
      this.#waiting.push(enter);
    });
  }
}

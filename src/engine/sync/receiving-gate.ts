/** At most a few runs receive at once, since each holds a connection while its body arrives; and of one interface one. */
import { Overloaded } from '../hub-errors.ts';

const mostAtOnce = 3;

export class ReceivingGate {
  readonly #patienceMs: number;
  readonly #inside = new Set<string>();
  readonly #waiting: { readonly key: string; readonly enter: () => void }[] = [];

  constructor(patienceMs = 60_000) {
    this.#patienceMs = patienceMs;
  }

  /** Waits for its turn, in the order of arrival. Throws Overloaded after a while. @returns what must be called at the end. */
  async enter(key: string): Promise<() => void> {
    if (!this.#isOpen(key)) await this.#turn(key);
    else this.#inside.add(key);
    return () => {
      this.#inside.delete(key);
      this.#admit();
    };
  }

  #isOpen(key: string): boolean {
    return this.#inside.size < mostAtOnce && !this.#inside.has(key);
  }

  #turn(key: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter = {
        key,
        enter: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(new Overloaded(30));
      }, this.#patienceMs);
      this.#waiting.push(waiter);
    });
  }

  #admit(): void {
    for (let index = 0; index < this.#waiting.length; ) {
      const waiter = this.#waiting[index];
      if (waiter === undefined || !this.#isOpen(waiter.key)) {
        index += 1;
        continue;
      }
      this.#waiting.splice(index, 1);
      this.#inside.add(waiter.key);
      waiter.enter();
    }
  }
}

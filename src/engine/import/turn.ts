/**
 * The chunks of an import take turns: while one is written, the next is judged, and the rows of the one behind that are read and locked.
 * Each locks its rows after the one before has its own, and is written when that one is committed. So both the database and this process
 * are always at work, and what is done is always the first rows of the body.
 */

/** The chunk before lost a race and takes its rows again: this one must not hold any meanwhile, and comes after it. */
export class TurnLost extends Error {}

/** What a chunk tells of itself while it is written. */
export type TurnTaker<State> = {
  /** To be called at the beginning of each attempt. */
  begin(): void;
  /** To be called when every row is locked. */
  locked(): void;
  /** To be called when all is judged. Resolves when it may be written, with what the chunk before left. */
  turn(): Promise<State>;
};

export class Turn<State> {
  readonly #locked = Promise.withResolvers<void>();
  readonly #restarted = Promise.withResolvers<never>();
  /** What it leaves, once it is committed. */
  readonly done: Promise<State>;

  /** @param before the turn before, or the state at the start. @param write is called once more when the turn is lost. */
  constructor(before: Turn<State> | State, write: (taker: TurnTaker<State>) => Promise<State>) {
    this.#restarted.promise.catch(() => {}); // of interest to the next one only, if there is one
    this.done = this.#run(before, write);
    this.done.then(
      () => this.#locked.resolve(),
      () => this.#locked.resolve(),
    );
  }

  /** Resolves when the next one may begin. */
  get locked(): Promise<void> {
    return this.#locked.promise;
  }

  async #run(before: Turn<State> | State, write: (taker: TurnTaker<State>) => Promise<State>): Promise<State> {
    let attempts = 0;
    const begin = (): void => {
      if (++attempts > 1) this.#restarted.reject(new TurnLost());
    };
    const locked = (): void => this.#locked.resolve();
    const turn = async (): Promise<State> =>
      before instanceof Turn ? Promise.race([before.done, before.#restarted.promise]) : before;
    try {
      return await write({ begin, locked, turn });
    } catch (fault) {
      if (!(fault instanceof TurnLost) || !(before instanceof Turn)) throw fault;
      const state = await before.done;
      return write({ begin, locked, turn: async () => state });
    }
  }
}

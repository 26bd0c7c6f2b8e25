/**
 * The chunks of an import take turns: while one is written, the next is judged, and the rows of the one behind that are read and locked.
 * Each locks its rows after the one before has its own, and is sent off when that one holds the import, so that the database writes it
 * as soon as that one is committed. So both the database and this process are always at work, and what is done is always the first rows
 * of the body.
 */

/** The chunk before lost a race and takes its rows again: this one must not hold any meanwhile, and comes after it. */
export class TurnLost extends Error {}

/** What a chunk tells of itself while it is written. */
export type TurnTaker<State> = {
  /** To be called at the beginning of each attempt. */
  begin(): void;
  /** To be called when every row is locked. */
  locked(): void;
  /** To be called when all is judged. Resolves when it may be sent, with what the chunk before leaves if it is committed. */
  turn(): Promise<State>;
  /** To be called when what is sent by others waits until this one is committed or undone. */
  holds(state: State): void;
};

export class Turn<State> {
  readonly #locked = Promise.withResolvers<void>();
  readonly #holds = Promise.withResolvers<State>();
  readonly #restarted = Promise.withResolvers<never>();
  #attempts = 0;
  /** What it leaves, once it is committed. */
  readonly done: Promise<State>;

  /** @param before the turn before, or the state at the start. @param write is called once more when the turn is lost. */
  constructor(before: Turn<State> | State, write: (taker: TurnTaker<State>) => Promise<State>) {
    this.#restarted.promise.catch(() => {}); // of interest to the next one only, if there is one
    this.#holds.promise.catch(() => {});
    this.done = this.#run(before, write);
    this.done.then(
      (state) => {
        this.#locked.resolve();
        this.#holds.resolve(state);
      },
      (fault) => {
        this.#locked.resolve();
        this.#holds.reject(fault);
      },
    );
  }

  /** Resolves when the next one may begin. */
  get locked(): Promise<void> {
    return this.#locked.promise;
  }

  async #run(before: Turn<State> | State, write: (taker: TurnTaker<State>) => Promise<State>): Promise<State> {
    const begin = (): void => {
      if (++this.#attempts > 1) this.#restarted.reject(new TurnLost());
    };
    const locked = (): void => this.#locked.resolve();
    const holds = (state: State): void => this.#holds.resolve(state);
    const turn = async (): Promise<State> =>
      before instanceof Turn ? Promise.race([before.#restarted.promise, before.#holds.promise]) : before;
    try {
      return await write({ begin, locked, turn, holds });
    } catch (fault) {
      if (!(before instanceof Turn)) throw fault;
      // Before the wait: the one before may need rows that the ones behind hold.
      this.#restarted.reject(new TurnLost());
      // What was sent behind a chunk that is undone fails for that, whatever it says.
      const state = await before.done;
      if (before.#attempts === 1) throw fault;
      return write({ begin, locked, turn: async () => state, holds });
    }
  }
}

/**
 * The write path of single writes: one lane per workspace and process. A batch is one transaction and one commit, and each caller
 * is answered after it. ADR 0004 has the reasons.
 */
import type { Catalogue } from '../../model/catalogue.ts';
import type { WorkspaceId } from '../../model/ids.ts';
import {
  type Database,
  DatabaseUnavailable,
  isLockTimeout,
  isRaceLost,
  waitLongerForLocks,
} from '../../store/database.ts';
import { Batcher, type Waiting } from '../batcher.ts';
import { Overloaded, Unavailable } from '../hub-errors.ts';
import { held, runBatch, StaleCatalogue, type WriteItem, type WriteOutcome } from './run-batch.ts';

const maxAttempts = 8;
/** How long a command that goes its own way waits for rows that others hold, at each attempt. */
const patienceSeconds = 3;

export type LaneOptions = {
  readonly database: Database;
  readonly workspace: WorkspaceId;
  readonly catalogue: () => Promise<Catalogue>;
  readonly staleCatalogue: () => void;
};

export class WriteLane {
  readonly #options: LaneOptions;
  readonly #batcher: Batcher<WriteItem, WriteOutcome>;
  readonly #alone = new Set<Promise<unknown>>();

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#batcher = new Batcher(
      (items) => this.#runTogether(items),
      (batch, fault) => this.#settle(batch, fault),
    );
  }

  submit(item: WriteItem): Promise<WriteOutcome> {
    return this.#batcher.submit(item);
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#batcher.idle();
    await Promise.allSettled(this.#alone);
  }

  /** A command whose rows another transaction holds goes its own way, so that it holds up and fails nobody else. */
  async #runTogether(items: readonly WriteItem[]): Promise<(WriteOutcome | Promise<WriteOutcome>)[]> {
    const outcomes = await this.#attempt(items, { wait: false });
    return outcomes.map((outcome, index) => (outcome === held ? this.#runAlone(items[index] as WriteItem) : outcome));
  }

  #runAlone(item: WriteItem): Promise<WriteOutcome> {
    const outcome = this.#attempt([item], { wait: true }).then(
      ([only]) => only as WriteOutcome,
      (fault) => {
        throw publicFault(fault);
      },
    );
    const ended = (): boolean => this.#alone.delete(outcome);
    this.#alone.add(outcome);
    outcome.then(ended, ended);
    return outcome;
  }

  /** When another transaction came first, runs again on what is there then. */
  async #attempt(items: readonly WriteItem[], options: { wait: boolean }): Promise<(WriteOutcome | typeof held)[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        const catalogue = await this.#options.catalogue();
        return await this.#options.database.inWorkspace(this.#options.workspace, async (tx) => {
          if (options.wait) await waitLongerForLocks(tx, patienceSeconds);
          return runBatch(tx, catalogue, items, options);
        });
      } catch (fault) {
        if (fault instanceof StaleCatalogue) this.#options.staleCatalogue();
        else if (!isRaceLost(fault)) throw fault;
        if (attempt === maxAttempts || (isLockTimeout(fault) && !options.wait)) throw fault;
      }
    }
  }

  /** A batch that cannot be run as one, because a key is held by a long transaction or one command is at fault, is taken apart. */
  #settle(batch: readonly Waiting<WriteItem, WriteOutcome>[], fault: unknown): void {
    const atFault = batch.length === 1 && !isLockTimeout(fault);
    for (const { item, resolve, reject } of batch) {
      if (atFault || fault instanceof DatabaseUnavailable) reject(publicFault(fault));
      else resolve(this.#runAlone(item));
    }
  }
}

export function publicFault(fault: unknown): unknown {
  if (fault instanceof DatabaseUnavailable) return new Unavailable(5, { cause: fault });
  // Only after many attempts: the row is held by a transaction that outlasts them all.
  return isRaceLost(fault) ? new Overloaded(5) : fault;
}

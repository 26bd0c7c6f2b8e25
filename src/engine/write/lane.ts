/**
 * The write path of single writes: one lane per workspace and process. A batch is one transaction and one commit, and each caller
 * is answered after it. ADR 0004 has the reasons.
 */
import type { Catalogue } from '../../model/catalogue.ts';
import type { WorkspaceId } from '../../model/ids.ts';
import { type Database, DatabaseUnavailable, isLockTimeout, isRaceLost } from '../../store/database.ts';
import { Batcher, type Waiting } from '../batcher.ts';
import { Overloaded, Unavailable } from '../hub-errors.ts';
import { runBatch, StaleCatalogue, type WriteItem, type WriteOutcome } from './run-batch.ts';

const maxAttempts = 8;

export type LaneOptions = {
  readonly database: Database;
  readonly workspace: WorkspaceId;
  readonly catalogue: () => Promise<Catalogue>;
  readonly staleCatalogue: () => void;
};

export class WriteLane {
  readonly #options: LaneOptions;
  readonly #batcher: Batcher<WriteItem, WriteOutcome>;
  readonly #alone = new Set<Promise<void>>();

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#batcher = new Batcher(
      (items) => this.#attempt(items, { patient: false }),
      (batch, fault) => this.#settle(batch, fault),
    );
  }

  submit(item: WriteItem): Promise<WriteOutcome> {
    return this.#batcher.submit(item);
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#batcher.idle();
    await Promise.all(this.#alone);
  }

  /** Runs a batch; when another transaction came first, again on what is there then. Only the patient wait for a row that is held. */
  async #attempt(items: readonly WriteItem[], { patient }: { patient: boolean }): Promise<WriteOutcome[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        const catalogue = await this.#options.catalogue();
        return await this.#options.database.inWorkspace(this.#options.workspace, (tx) =>
          runBatch(tx, catalogue, items),
        );
      } catch (fault) {
        if (fault instanceof StaleCatalogue) this.#options.staleCatalogue();
        else if (!isRaceLost(fault)) throw fault;
        if (attempt === maxAttempts || (isLockTimeout(fault) && !patient)) throw fault;
      }
    }
  }

  /** A batch that cannot be run as one, because a row is held by a long transaction or one command is at fault, is taken apart. */
  #settle(batch: readonly Waiting<WriteItem, WriteOutcome>[], fault: unknown): void {
    const atFault = batch.length === 1 && !isLockTimeout(fault);
    for (const waiting of batch) {
      if (atFault || fault instanceof DatabaseUnavailable) waiting.reject(publicFault(fault));
      else this.#runAlone(waiting);
    }
  }

  /** Beside the lane, so that it holds up and fails nobody else. */
  #runAlone({ item, resolve, reject }: Waiting<WriteItem, WriteOutcome>): void {
    const done = this.#attempt([item], { patient: true })
      .then(
        ([outcome]) => resolve(outcome as WriteOutcome),
        (fault) => reject(publicFault(fault)),
      )
      .finally(() => this.#alone.delete(done));
    this.#alone.add(done);
  }
}

export function publicFault(fault: unknown): unknown {
  if (fault instanceof DatabaseUnavailable) return new Unavailable(5, { cause: fault });
  // Only after many attempts: the row is held by a transaction that outlasts them all.
  return isRaceLost(fault) ? new Overloaded(5) : fault;
}

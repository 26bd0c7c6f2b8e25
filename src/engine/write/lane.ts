/**
 * The write path of single writes: one lane per workspace and process. Whatever arrived while the last batch was in flight goes
 * into the next one: one transaction, one commit, and each caller is answered after it. There is no timer, so a lone caller
 * waits for one commit only. ADR 0004 has the reasons and the figures.
 */
import type { Catalogue } from '../../model/catalogue.ts';
import type { WorkspaceId } from '../../model/ids.ts';
import { type Database, DatabaseUnavailable, isLockTimeout, isRaceLost } from '../../store/database.ts';
import { Overloaded, Unavailable } from '../hub-errors.ts';
import { runBatch, StaleCatalogue, type WriteItem, type WriteOutcome } from './run-batch.ts';

const maxBatch = 500;
const maxWaiting = 20_000;
const maxAttempts = 8;

type Waiting = WriteItem & {
  readonly resolve: (outcome: WriteOutcome) => void;
  readonly reject: (fault: unknown) => void;
};

export type LaneOptions = {
  readonly database: Database;
  readonly workspace: WorkspaceId;
  readonly catalogue: () => Promise<Catalogue>;
  readonly staleCatalogue: () => void;
};

export class WriteLane {
  readonly #options: LaneOptions;
  #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;
  readonly #alone = new Set<Promise<void>>();

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  submit(item: WriteItem): Promise<WriteOutcome> {
    if (this.#waiting.length >= maxWaiting) return Promise.reject(new Overloaded(1));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...item, resolve, reject });
      this.#running ??= this.#drain();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running !== null || this.#alone.size > 0) await Promise.all([this.#running, ...this.#alone]);
  }

  async #drain(): Promise<void> {
    // The rest of this turn of the event loop may bring more commands: let them into the first batch.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, maxBatch);
      try {
        const outcomes = await this.#attempt(batch, { patient: false });
        batch.forEach((item, index) => {
          item.resolve(outcomes[index] as WriteOutcome);
        });
      } catch (fault) {
        const alone = batch.length === 1 && !isLockTimeout(fault);
        if (alone || fault instanceof DatabaseUnavailable) for (const item of batch) item.reject(publicFault(fault));
        else for (const item of batch) this.#runAlone(item);
      }
    }
    this.#running = null;
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

  /** A batch that cannot be run as one, because a row is held by a long transaction or one command is at fault: each command goes
   *  its own way beside the lane, so that it holds up and fails nobody else. */
  #runAlone(item: Waiting): void {
    const done = this.#attempt([item], { patient: true })
      .then(
        ([outcome]) => item.resolve(outcome as WriteOutcome),
        (fault) => item.reject(publicFault(fault)),
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

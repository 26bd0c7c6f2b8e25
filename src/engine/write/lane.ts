/**
 * The write path of single writes: one lane per workspace and process. A batch is one transaction and one commit, and each caller
 * is answered after it. ADR 0004 has the reasons.
 */
import type { Catalogue } from '../../model/catalogue.ts';
import type { RecordView } from '../../model/record.ts';
import { DatabaseUnavailable, isLockTimeout } from '../../store/postgres/database.ts';
import { Batcher, type Waiting } from '../batcher.ts';
import { IdempotencyKeyReused } from '../hub-errors.ts';
import { attemptBatch, publicFault, type WriteContext } from './attempt.ts';
import { addCommand, Wants, type WriteCommand } from './commands.ts';
import { held, type WriteItem, type WriteOutcome } from './run-batch.ts';
import type { WorkingRow, WorkingSet } from './working/working-set.ts';

const view = (set: WorkingSet, row: WorkingRow): RecordView => set.view(row);

/** Commands that go their own way at once. */
const maxAlone = 4;

export class WriteLane {
  readonly #context: WriteContext;
  readonly #batcher: Batcher<WriteItem, WriteOutcome>;
  readonly #alone = new Set<Promise<void>>();
  /** Of the last batch: good enough to tell which commands touch the same records. */
  #catalogue: Catalogue | null = null;

  constructor(context: WriteContext) {
    this.#context = context;
    this.#batcher = new Batcher({
      run: (items) => this.#runTogether(items),
      fail: (batch, fault) => this.#settle(batch, fault),
      touches: ({ command }) => this.#touchesOf(command),
    });
  }

  submit(item: WriteItem): Promise<WriteOutcome> {
    return this.#batcher.submit(item);
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#batcher.idle();
    while (this.#alone.size > 0) await Promise.race(this.#alone);
  }

  /** A command whose rows another transaction holds goes its own way, so that it holds up and fails nobody else. */
  async #runTogether(items: readonly WriteItem[]): Promise<(WriteOutcome | Promise<WriteOutcome>)[]> {
    this.#catalogue = await this.#context.catalogue();
    const outcomes = await attemptBatch(this.#context, items, { wait: false, show: view });
    return outcomes.map((outcome, index) => {
      if (outcome === held) return this.#runAlone(items[index] as WriteItem);
      return outcome instanceof IdempotencyKeyReused ? Promise.reject(outcome) : outcome;
    });
  }

  #touchesOf(command: WriteCommand): string[] {
    if (this.#catalogue === null) return [];
    const wants = new Wants(this.#catalogue);
    addCommand(wants, this.#catalogue, command);
    return wants.names;
  }

  async #runAlone(item: WriteItem): Promise<WriteOutcome> {
    // Each that waits has a connection: the rest must stay free for the lane, and for reads.
    while (this.#alone.size >= maxAlone) await Promise.race(this.#alone);
    const running = attemptBatch(this.#context, [item], { wait: true, show: view });
    const ended = running.then(
      () => {},
      () => {},
    );
    this.#alone.add(ended);
    try {
      const [outcome] = await running;
      if (outcome instanceof IdempotencyKeyReused) throw outcome;
      return outcome as WriteOutcome;
    } catch (fault) {
      throw publicFault(fault);
    } finally {
      this.#alone.delete(ended);
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

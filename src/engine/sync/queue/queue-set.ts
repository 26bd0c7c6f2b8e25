/** Takes a complete set into the queue: its elements are checked and kept, in the one transaction that queues its run. */
import { clock } from '../../../model/clock.ts';
import type { SetSource } from '../../../model/commands.ts';
import { PackedElements } from '../../../model/packed.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { enterQueue, insertQueuedPart, queueRun, readQueuedPart } from '../../../store/sync/run-queue.ts';
import { noteScope, type RunRow } from '../../../store/sync/runs.ts';
import { noCounts } from '../../balance.ts';
import type { RunContext } from '../applying/apply.ts';
import { RunEnds } from '../runs/run-ends.ts';
import type { Progress } from '../runs/under-way.ts';
import { findNewer, supersede, supersedeQueued } from './supersede.ts';

const partBytes = 1024 * 1024;
const partElements = 5_000;

/** Structure and keys are checked as of a set that is applied at once; values are judged when it is its turn. */
export async function queueSet(
  tx: Transaction,
  { catalogue, on, scope, run }: RunContext,
  source: SetSource,
  progress: Progress,
): Promise<RunRow> {
  const { workspace } = catalogue;
  if (!scope.isEverything) noteScope(tx, workspace, run, scope.words);
  const parts = new Parts(tx, workspace, run);
  for await (const elements of source.elements) {
    for (let index = 0; index < elements.length; index++) {
      const place = progress.received++;
      const raw = elements.at(index);
      source.read(raw, place);
      const keeping = parts.add(raw);
      if (keeping !== undefined) await keeping;
    }
  }
  await parts.complete();
  await enterQueue(tx, workspace, on.id);
  const counts = { ...noCounts, received: progress.received };
  const queued = await queueRun(tx, workspace, { run, counts, format: source.format });
  // Here, where the senders of both learn of it at once; whoever takes one up looks again.
  const ends = new RunEnds(tx, workspace);
  const newer = await findNewer(tx, workspace, queued);
  const row = newer === undefined ? queued : await supersede(tx, catalogue, queued, newer, ends);
  await supersedeQueued(tx, catalogue, on, queued, ends);
  ends.commit(clock.now());
  return row;
}

class Parts {
  readonly #tx: Transaction;
  readonly #workspace: number;
  readonly #run: number;
  #part = 0;
  #pieces: Buffer[] = [];
  #ends: number[] = [];
  #bytes = 0;

  constructor(tx: Transaction, workspace: number, run: number) {
    this.#tx = tx;
    this.#workspace = workspace;
    this.#run = run;
  }

  /** @param raw is copied: it may be a view of what is overwritten. Gives something to wait for only when there is. */
  add(raw: Buffer): Promise<void> | undefined {
    this.#pieces.push(Buffer.from(raw));
    this.#bytes += raw.length;
    this.#ends.push(this.#bytes);
    return this.#ends.length === partElements || this.#bytes >= partBytes ? this.#keep() : undefined;
  }

  async complete(): Promise<void> {
    if (this.#ends.length > 0) await this.#keep();
  }

  async #keep(): Promise<void> {
    const part = { part: this.#part++, bytes: Buffer.concat(this.#pieces, this.#bytes), ends: this.#ends };
    this.#pieces = [];
    this.#ends = [];
    this.#bytes = 0;
    await insertQueuedPart(this.#tx, this.#workspace, this.#run, part);
  }
}

/** The elements of a queued run, in the order of its body. */
export async function* queuedElements(tx: Transaction, workspace: number, run: number): AsyncGenerator<PackedElements> {
  for (let part = 0; ; part++) {
    const kept = await readQueuedPart(tx, workspace, run, part);
    if (kept === undefined) return;
    yield new PackedElements(kept.bytes, [0, ...kept.ends.slice(0, -1)], kept.ends);
  }
}

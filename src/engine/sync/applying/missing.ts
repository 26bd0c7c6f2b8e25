/** The records of an interface that a set does not name, though it says to be everything of where they lie. */
import type { Transaction } from '../../../store/postgres/database.ts';
import { readInScope } from '../../../store/sync/scope.ts';
import type { NumberSet } from '../known/number-set.ts';
import type { Received } from '../receiving/receive.ts';
import { chunkSize } from '../receiving/unknown-elements.ts';
import type { RunContext } from './apply.ts';
import type { LeftRecords } from './set-stamp.ts';

export class Missing {
  readonly #tx: Transaction;
  readonly #context: RunContext;
  readonly #received: Received;
  readonly #judged: NumberSet;
  readonly #left: LeftRecords | undefined;

  /** @param judged the records of the elements that were judged: to be asked for only when all are. @param left takes up those that are newer. */
  constructor(
    tx: Transaction,
    context: RunContext,
    received: Received,
    judged: NumberSet,
    left: LeftRecords | undefined,
  ) {
    this.#tx = tx;
    this.#context = context;
    this.#received = received;
    this.#judged = judged;
    this.#left = left;
  }

  /** In the order of their numbers. Some may have been deleted by somebody else, where the set is of everything. */
  async *chunks(): AsyncGenerator<readonly number[]> {
    const { known, passedOver } = this.#received;
    this.#left?.clear();
    for await (const chunk of this.#inScope(known.numbers.without(passedOver, this.#judged))) {
      const older = this.#left === undefined ? chunk : await this.#left.without(this.#tx, chunk);
      if (older.length > 0) yield older;
    }
  }

  async count(): Promise<number> {
    let count = 0;
    for await (const chunk of this.chunks()) count += chunk.length;
    return count;
  }

  /** How many records the interface is responsible for where the set is of everything. Read only if that must be known. */
  async known(): Promise<number> {
    const { numbers } = this.#received.known;
    if (this.#context.scope.isEverything || this.#context.on.guard.percent === null) return numbers.size;
    let count = 0;
    for await (const chunk of this.#inScope(numbers.without())) count += chunk.length;
    return count;
  }

  async *#inScope(numbers: Iterable<number>): AsyncGenerator<readonly number[]> {
    const { catalogue, scope } = this.#context;
    for (const chunk of inChunks(numbers)) {
      const found = scope.isEverything
        ? chunk
        : await readInScope(this.#tx, catalogue.workspace, chunk, scope.conditions);
      if (found.length > 0) yield found;
    }
  }
}

function* inChunks(numbers: Iterable<number>): Generator<readonly number[]> {
  let chunk: number[] = [];
  for (const number of numbers) {
    chunk.push(number);
    if (chunk.length < chunkSize) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

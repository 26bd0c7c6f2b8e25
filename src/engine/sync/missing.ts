/** The records of an interface that a set does not name, though it says to be everything of where they lie. */
import type { Transaction } from '../../store/database.ts';
import { readInScope } from '../../store/scope.ts';
import type { RunContext } from './apply.ts';
import type { NumberSet } from './number-set.ts';
import type { Received } from './receive.ts';
import { chunkSize } from './unknown-elements.ts';

export class Missing {
  readonly #tx: Transaction;
  readonly #context: RunContext;
  readonly #received: Received;
  readonly #judged: NumberSet;

  /** @param judged the records of the elements that were judged: to be asked for only when all are. */
  constructor(tx: Transaction, context: RunContext, received: Received, judged: NumberSet) {
    this.#tx = tx;
    this.#context = context;
    this.#received = received;
    this.#judged = judged;
  }

  /** In the order of their numbers. Some may have been deleted by somebody else, where the set is of everything. */
  chunks(): AsyncGenerator<readonly number[]> {
    const { known, passedOver } = this.#received;
    return this.#inScope(known.numbers.without(passedOver, this.#judged));
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

/**
 * A set while it is read: its elements are held to what any of them must be, what its reader throws is told from faults of the database,
 * and behind the first that cannot be read the others are looked for, so that its sender learns of them at once.
 */
import type { RawElement, SetElement, SetSource } from '../../../model/commands.ts';
import type { PackedElements } from '../../../model/packed.ts';
import type { SetFault } from '../../../model/runs.ts';
import { shorten } from '../../../model/text.ts';
import { UnreadableSet } from '../runs/fail-run.ts';
import { MalformedSet } from './malformed-set.ts';

const maxKeyLength = 512;
const mostFaults = 20;

/** @param work is given the set to read. What it throws of a malformed one has the other faults with it. */
export async function readingSet<T>(source: SetSource, work: (source: SetSource) => Promise<T>): Promise<T> {
  const reading = new Reading(source);
  try {
    return await work(reading.source);
  } catch (fault) {
    throw fault instanceof MalformedSet ? await reading.readOn(fault) : fault;
  } finally {
    await reading.end();
  }
}

class Reading {
  readonly #source: SetSource;
  readonly #chunks: AsyncIterator<PackedElements>;
  #chunk: PackedElements | undefined;
  /** How many elements were in the chunks before. */
  #before = 0;
  /** The place of the element that could not be read. */
  #failed: number | undefined;

  constructor(source: SetSource) {
    this.#source = source;
    this.#chunks = source.elements[Symbol.asyncIterator]();
  }

  get source(): SetSource {
    return {
      ...this.#source,
      elements: this.#elements(),
      read: (raw, place) => {
        try {
          return this.#read(raw, place);
        } catch (fault) {
          this.#failed = place;
          throw fault;
        }
      },
    };
  }

  /** Not closed with the loop that reads it. */
  async *#elements(): AsyncGenerator<PackedElements> {
    for (let chunk = await this.#next(); chunk !== undefined; chunk = await this.#next()) yield chunk;
  }

  async #next(): Promise<PackedElements | undefined> {
    this.#before += this.#chunk?.length ?? 0;
    this.#chunk = undefined;
    const next = await this.#chunks.next().catch((cause) => {
      throw unreadable(cause);
    });
    this.#chunk = next.done ? undefined : next.value;
    return this.#chunk;
  }

  #read(raw: RawElement, place: number): SetElement {
    try {
      return checked(this.#source.read(raw, place));
    } catch (cause) {
      throw unreadable(cause);
    }
  }

  /** @returns the same with what else there is, as far as the body can be read. */
  async readOn(first: MalformedSet): Promise<MalformedSet> {
    const [{ path, message }, ...behind] = first.faults;
    const faults: SetFault[] = behind;
    if (this.#failed !== undefined) await this.#look(this.#failed + 1, faults).catch((fault) => note(fault, faults));
    return new MalformedSet(path, message, faults.slice(0, mostFaults - 1));
  }

  async #look(from: number, faults: SetFault[]): Promise<void> {
    for (let chunk = this.#chunk; chunk !== undefined; chunk = await this.#next()) {
      for (let index = Math.max(0, from - this.#before); index < chunk.length; index++) {
        try {
          this.#read(chunk.at(index), this.#before + index);
        } catch (fault) {
          note(fault, faults);
          if (faults.length >= mostFaults - 1) return;
        }
      }
    }
  }

  async end(): Promise<void> {
    await this.#chunks.return?.();
  }
}

/** What cannot be told of an element, as a connection that breaks, ends the looking and is not the sender's to mend. */
function note(fault: unknown, faults: SetFault[]): void {
  if (fault instanceof MalformedSet) faults.push(...fault.faults);
}

const unreadable = (cause: unknown): unknown =>
  cause instanceof MalformedSet ? cause : new UnreadableSet(cause instanceof Error ? cause.message : '', { cause });

/** What any element of a set must be. */
export function checked(element: SetElement): SetElement {
  if (element.key === '') throw new MalformedSet(element.path, 'An element has no key.');
  if (element.key.length > maxKeyLength) {
    const message = `The key ${shorten(element.key, 40)} is longer than ${maxKeyLength} characters.`;
    throw new MalformedSet(element.path, message);
  }
  return element;
}

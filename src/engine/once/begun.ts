/**
 * Idempotency-Key of what is begun before all of its request is known, as its body is read as it arrives: runs and imports. That they were
 * begun is noted under the key in the transaction that records them, and the fingerprint of the request in the one that brings them to
 * their end. So a repetition finds the first one under way, and waits; or ended, and is answered by it; or come to nothing, whatever became of its server,
 * and takes its place.
 */
import { clock } from '../../model/clock.ts';
import type { Caller, StreamedOnce } from '../../model/principal.ts';
import { findIdempotency, forgetBegun, type IdempotencyRow, noteBegun, noteEnded } from '../../store/idempotency.ts';
import type { Database, Transaction } from '../../store/postgres/database.ts';
import { IdempotencyKeyBusy, IdempotencyKeyReused } from '../hub-errors.ts';

/** `ended`: with or without success; `gone`: it is no longer kept. */
type Progress = 'under way' | 'ended' | 'gone';

/** What can be begun, and how far one of them is. */
export type Kind = {
  readonly name: 'run' | 'import';
  progressOf(tx: Transaction, number: number): Promise<Progress>;
};

const firstPauseMs = 20;
const longestPauseMs = 1_000;
const patienceMs = 60_000;

/** Thrown through the transaction that would begin the same a second time. */
class BegunElsewhere extends Error {}

/** The first request with its key: what it begins is to be noted. */
export class First {
  readonly #row: Omit<IdempotencyRow, 'fingerprint' | 'outcome'>;
  readonly #workspace: number;
  readonly #asked: StreamedOnce;
  readonly #kind: Kind['name'];
  readonly #instead: IdempotencyRow | undefined;
  #fingerprint: string | undefined;
  hasBegun = false;

  constructor({ principal }: Caller, asked: StreamedOnce, kind: Kind['name'], instead: IdempotencyRow | undefined) {
    this.#workspace = principal.workspace;
    this.#row = { principal_id: principal.id, key: asked.key };
    this.#asked = asked;
    this.#kind = kind;
    this.#instead = instead;
  }

  /** In the transaction that records it. */
  async begin(tx: Transaction, number: number): Promise<void> {
    const row = { ...this.#row, outcome: outcomeOf(this.#kind, number) };
    if (!(await noteBegun(tx, this.#workspace, row, this.#instead, clock.now()))) throw new BegunElsewhere();
    this.hasBegun = true;
  }

  /** What its body holds; at its end all of the request is known. */
  async *reading<Part>(parts: AsyncIterable<Part>): AsyncGenerator<Part> {
    yield* parts;
    this.#fingerprint = await this.#asked.fingerprint();
  }

  /** It came to nothing. */
  forget(tx: Transaction, number: number): void {
    forgetBegun(tx, this.#workspace, { ...this.#row, outcome: outcomeOf(this.#kind, number) });
  }

  /** In the transaction that brings it to its end. */
  end(tx: Transaction, number: number): void {
    if (this.#fingerprint === undefined) throw new Error('It has ended before its body has');
    const outcome = outcomeOf(this.#kind, number);
    noteEnded(tx, this.#workspace, { ...this.#row, fingerprint: this.#fingerprint, outcome });
  }
}

/**
 * Does what is asked for once. `begin` does it for the first time, `recall` answers from what was done then.
 * @throws IdempotencyKeyReused when the key was another request's, IdempotencyKeyBusy when the first one takes too long.
 */
export async function onceBegun<Outcome>(
  database: Database,
  caller: Caller,
  asked: StreamedOnce | undefined,
  kind: Kind,
  { begin, recall }: { begin: (first?: First) => Promise<Outcome>; recall: (number: number) => Promise<Outcome> },
): Promise<Outcome> {
  if (asked === undefined) return begin();
  for (;;) {
    const known = await whenNotUnderWay(database, caller, asked, kind);
    if (typeof known === 'number') return recall(known);
    const first = new First(caller, asked, kind.name, known);
    try {
      const outcome = await begin(first);
      if (first.hasBegun) return outcome;
      // Refused; perhaps for what the same request has done since we looked: a plan is applied once.
      const done = await whenNotUnderWay(database, caller, asked, kind);
      return typeof done === 'number' ? recall(done) : outcome;
    } catch (fault) {
      if (!(fault instanceof BegunElsewhere)) throw fault;
    }
  }
}

/** @returns the number of the one that was done; or else what it takes the place of, if anything. */
async function whenNotUnderWay(
  database: Database,
  { principal }: Caller,
  asked: StreamedOnce,
  kind: Kind,
): Promise<number | IdempotencyRow | undefined> {
  const until = performance.now() + patienceMs;
  const look = async (tx: Transaction) => {
    const row = await findIdempotency(tx, principal.workspace, { principal_id: principal.id, key: asked.key });
    if (row === undefined) return undefined;
    const number = numberOf(kind.name, row.outcome);
    if (number === undefined) throw new IdempotencyKeyReused();
    return { row, number, progress: await kind.progressOf(tx, number) };
  };
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    const seen = await database.inWorkspace(principal.workspace, look);
    if (seen === undefined) return undefined;
    const { row, number, progress } = seen;
    if (progress === 'gone') return row;
    if (row.fingerprint !== '') {
      if (row.fingerprint !== (await asked.fingerprint())) throw new IdempotencyKeyReused();
      return number;
    }
    if (progress === 'ended') return row;
    if (performance.now() > until) throw new IdempotencyKeyBusy();
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

const outcomeOf = (kind: Kind['name'], number: number): string => JSON.stringify({ kind, number });

function numberOf(kind: Kind['name'], outcome: string): number | undefined {
  const stored = JSON.parse(outcome) as { readonly kind: string; readonly number?: number };
  return stored.kind === kind ? stored.number : undefined;
}

/**
 * Idempotency-Key: a request that is repeated with the same key is answered as the first time, and done once. The outcome is stored
 * in the transaction of what it did, so that neither can be there without the other. Refusals are not kept: they changed nothing,
 * and are judged again.
 */
import type { MergeOutcome } from '../../model/merge.ts';
import type { Caller } from '../../model/principal.ts';
import { type IdempotencyRow, insertIdempotency, readIdempotency } from '../../store/idempotency.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import { IdempotencyKeyReused } from '../hub-errors.ts';
import type { WriteOutcome } from './run-batch.ts';

type Known = { readonly fingerprint: string; readonly outcome: WriteOutcome };

const nameOf = (caller: Caller, key: string): string => `${caller.principal.id} ${key}`;

export class Once {
  readonly #known = new Map<string, Known>();
  readonly #fresh: IdempotencyRow[] = [];

  static async load(tx: Transaction, workspace: number, callers: readonly Caller[]): Promise<Once> {
    const once = new Once();
    const wanted = callers.flatMap(({ principal, once: asked }) =>
      asked === undefined ? [] : [{ principal: principal.id, key: asked.key }],
    );
    if (wanted.length === 0) return once;
    for (const row of await readIdempotency(tx, workspace, wanted)) {
      once.#known.set(`${row.principal_id} ${row.key}`, { fingerprint: row.fingerprint, outcome: revive(row.outcome) });
    }
    return once;
  }

  /** The outcome of the first time; undefined when there was none. */
  recall(caller: Caller): WriteOutcome | IdempotencyKeyReused | undefined {
    const known = caller.once === undefined ? undefined : this.#known.get(nameOf(caller, caller.once.key));
    if (known === undefined) return undefined;
    return known.fingerprint === caller.once?.fingerprint ? known.outcome : new IdempotencyKeyReused();
  }

  remember(caller: Caller, outcome: WriteOutcome<unknown> | MergeOutcome): void {
    if (caller.once === undefined || outcome.kind === 'rejected') return;
    const { key, fingerprint } = caller.once;
    this.#known.set(nameOf(caller, key), { fingerprint, outcome: outcome as WriteOutcome });
    this.#fresh.push({ principal_id: caller.principal.id, key, fingerprint, outcome: JSON.stringify(outcome) });
  }

  store(tx: Transaction, workspace: number, now: Date): void {
    if (this.#fresh.length === 0) return;
    const inOrder = this.#fresh.sort((a, b) => a.principal_id - b.principal_id || (a.key < b.key ? -1 : 1));
    insertIdempotency(tx, workspace, inOrder, now);
  }
}

const times = new Set(['createdAt', 'updatedAt', 'askedAt', 'expiresAt']);

const revive = (outcome: string): WriteOutcome =>
  JSON.parse(outcome, (name, value: unknown) =>
    times.has(name) && typeof value === 'string' ? new Date(value) : value,
  ) as WriteOutcome;

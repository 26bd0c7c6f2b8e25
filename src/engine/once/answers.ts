/**
 * Idempotency-Key of all writes that are neither of records nor begun by a body that is read as it arrives: settings, keys, decisions on runs.
 * Each commits by itself. Its answer is kept right behind it, in a transaction that holds the key from before it begins, so that a
 * repetition waits for it on whatever server. Where the server dies between the two, a repetition does it again.
 */
import { clock } from '../../model/clock.ts';
import type { Caller, StreamedOnce } from '../../model/principal.ts';
import { forgetBegun, holdIdempotency, type IdempotencyRow, keepAnswer, noteBegun } from '../../store/idempotency.ts';
import {
  type Database,
  isLockTimeout,
  mayIdle,
  type Transaction,
  waitLongerForLocks,
} from '../../store/postgres/database.ts';
import type { Vault } from '../access/secrets.ts';
import { IdempotencyKeyBusy, IdempotencyKeyReused } from '../hub-errors.ts';
import type { ReceivingGate } from '../sync/receiving/receiving-gate.ts';

/** In the words of the dialect. */
type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As JSON has it. */
  readonly body: unknown;
};

/** `isSecret`: the answer has something that is shown once, and is kept sealed. */
export type AnswerOnce = (
  caller: Caller,
  asked: StreamedOnce,
  options: { readonly isSecret: boolean },
  work: () => Promise<Answer>,
) => Promise<Answer>;

type Stored = { readonly kind: 'answer'; readonly answer?: Answer; readonly sealed?: string };

const lockSeconds = 60;
/** Longer than any of them takes. */
const idleSeconds = 1_000;
const underWay = JSON.stringify({ kind: 'answer' } satisfies Stored);

/** What `work` refuses is not kept: it changed nothing, and is judged again. */
export const answersOnce =
  (database: Database, gate: ReceivingGate, vault: Vault): AnswerOnce =>
  async (caller, asked, { isSecret }, work) => {
    const { workspace, id } = caller.principal;
    const key = { principal_id: id, key: asked.key };
    const seal = (answer: Answer): Stored =>
      isSecret
        ? { kind: 'answer', sealed: vault.seal(JSON.stringify(answer)).toString('base64') }
        : { kind: 'answer', answer };
    const open = ({ answer, sealed = '' }: Stored): Answer =>
      answer ?? (JSON.parse(vault.open(Buffer.from(sealed, 'base64'))) as Answer);
    const mark = async (): Promise<string> => vault.mark(await asked.fingerprint());

    const recall = async (row: IdempotencyRow): Promise<Answer> => {
      if (row.fingerprint !== (await mark())) throw new IdempotencyKeyReused();
      return open(JSON.parse(row.outcome) as Stored);
    };

    /** @returns what became of it; a refusal is to be thrown when the transaction has ended. */
    const answer = async (tx: Transaction): Promise<{ answer: Answer } | { refusal: unknown } | undefined> => {
      waitLongerForLocks(tx, lockSeconds);
      mayIdle(tx, idleSeconds);
      const row = await holdIdempotency(tx, workspace, key);
      if (row === undefined) return undefined;
      if ((JSON.parse(row.outcome) as Stored).kind !== 'answer') throw new IdempotencyKeyReused();
      if (row.fingerprint !== '') return { answer: await recall(row) };
      try {
        const done = await work();
        const kept = { ...key, fingerprint: await mark(), outcome: JSON.stringify(seal(done)) };
        await keepAnswer(tx, workspace, kept, clock.now());
        return { answer: done };
      } catch (refusal) {
        forgetBegun(tx, workspace, row);
        return { refusal };
      }
    };

    const leave = await gate.enter(workspace); // it holds a connection, as whoever receives a set does
    try {
      for (;;) {
        await database.inWorkspace(workspace, (tx) => {
          waitLongerForLocks(tx, lockSeconds); // one that is there is locked, too
          return noteBegun(tx, workspace, { ...key, outcome: underWay }, undefined, clock.now());
        });
        const done = await database.inWorkspace(workspace, answer);
        if (done === undefined) continue; // the first one was refused meanwhile
        if ('refusal' in done) throw done.refusal;
        return done.answer;
      }
    } catch (fault) {
      throw isLockTimeout(fault) ? new IdempotencyKeyBusy() : fault;
    } finally {
      leave();
    }
  };

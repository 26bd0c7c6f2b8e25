/** Guessing passwords ends: after ten wrong ones a name is locked for a quarter of an hour, on every server, whether there is such a user or not. */
import type { Principal } from '../../model/principal.ts';
import type { Transaction } from '../../store/database.ts';
import { findUsers } from '../../store/principals.ts';
import { countWrongPassword, deleteWrongPasswords, findWrongPasswords } from '../../store/wrong-passwords.ts';
import { sha256 } from './secrets.ts';

const mostWrong = 10;
const lockSeconds = 15 * 60;

const shortNameOf = (userName: string): string => userName.split('@', 1)[0] ?? '';

/** What is locked. A name with and without its `@…` is one name: a dialect takes both, and each would have its ten guesses. */
export const lockName = (userName: string): string => shortNameOf(userName).toLowerCase();
const nameHash = (userName: string): Buffer => sha256(lockName(userName));

/** Wrong passwords before this time count no more. */
export const lockStart = (at: Date): Date => new Date(at.getTime() - lockSeconds * 1000);

/** Seconds until a password is looked at again; 0: it is now. */
export async function lockedFor(tx: Transaction, userName: string, at: Date): Promise<number> {
  const wrong = await findWrongPasswords(tx, nameHash(userName));
  if (wrong === undefined || wrong.count < mostWrong) return 0;
  return Math.max(0, Math.ceil((wrong.last_at.getTime() - lockStart(at).getTime()) / 1000));
}

/** Those of a while ago do not count any more. */
export const countWrong = (tx: Transaction, userName: string, at: Date): Promise<void> =>
  countWrongPassword(tx, nameHash(userName), at, lockStart(at));

/**
 * The right password of one user says nothing of others whose name is as short: whoever may make users, in a workspace of his own, would
 * make one, sign in with it after each nine guesses at theirs, and guess on. What is not forgiven is over after the quarter of an hour.
 */
export async function forgiveWrong(tx: Transaction, userName: string, whose: readonly Principal[]): Promise<void> {
  const all = await findUsers(tx, shortNameOf(userName), { workspace: null, short: true });
  if (all.every((user) => whose.some(({ id }) => id === user.principal_id)))
    await deleteWrongPasswords(tx, nameHash(userName));
}

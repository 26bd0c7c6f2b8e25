/** Guessing passwords ends: after ten wrong ones a name is locked for a quarter of an hour, on every server, whether there is such a user or not. */
import type { Transaction } from '../../store/database.ts';
import { countWrongPassword, deleteWrongPasswords, findWrongPasswords } from '../../store/wrong-passwords.ts';
import { sha256 } from './secrets.ts';

const mostWrong = 10;
const lockSeconds = 15 * 60;

/** A name with and without its `@…` is one name: a dialect takes both, and each would have its ten guesses. */
const nameHash = (userName: string): Buffer => sha256(userName.split('@', 1)[0]?.toLowerCase() ?? '');

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

export const forgiveWrong = (tx: Transaction, userName: string): Promise<void> =>
  deleteWrongPasswords(tx, nameHash(userName));

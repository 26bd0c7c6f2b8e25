/** Guessing passwords ends: after ten wrong ones a name is locked for a quarter of an hour, on every server, whether there is such a user or not. */
import { clock } from '../../model/clock.ts';
import { workspaceId } from '../../model/ids.ts';
import type { Principal } from '../../model/principal.ts';
import { insertEvents } from '../../store/access/audit.ts';
import { findUsers } from '../../store/access/principals.ts';
import { countWrongPassword, deleteWrongPasswords, findWrongPasswords } from '../../store/access/wrong-passwords.ts';
import { enterWorkspace, type Transaction } from '../../store/postgres/database.ts';
import type { SignIn } from './access.ts';
import { sha256 } from './secrets.ts';
import { concernedUser } from './to-principal.ts';

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

/** Of users that share a name so many are told of. */
const mostTold = 100;

/** Those of a while ago do not count any more. The one that locks the name is told, as happening to each user who has it. */
export async function countWrong(tx: Transaction, userName: string, by: SignIn): Promise<void> {
  const at = clock.now();
  const wrong = await countWrongPassword(tx, nameHash(userName), at, lockStart(at));
  if (wrong !== mostWrong) return; // whichever server counts the tenth
  const until = new Date(at.getTime() + lockSeconds * 1000).toISOString();
  const after = { until, from: by.from };
  const locked = await findUsers(tx, shortNameOf(userName), { workspace: null, short: true });
  const doer = { principal: null, via: by.via, requestId: by.requestId };
  // Of several workspaces in one transaction, which no other is: the count is of a name, wherever that is.
  for (const user of locked.slice(0, mostTold)) {
    enterWorkspace(tx, workspaceId(user.workspace_id));
    const event = { action: 'sign_in_locked', concerned: concernedUser(user), before: null, after } as const;
    insertEvents(tx, user.workspace_id, doer, [event], at);
  }
}

/**
 * The right password of one user says nothing of others whose name is as short: whoever may make users, in a workspace of his own, would
 * make one, sign in with it after each nine guesses at theirs, and guess on. What is not forgiven is over after the quarter of an hour.
 */
export async function forgiveWrong(tx: Transaction, userName: string, whose: readonly Principal[]): Promise<void> {
  const all = await findUsers(tx, shortNameOf(userName), { workspace: null, short: true });
  if (all.every((user) => whose.some(({ id }) => id === user.principal_id)))
    await deleteWrongPasswords(tx, nameHash(userName));
}

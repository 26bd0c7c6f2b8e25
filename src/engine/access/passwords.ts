/** Whose user name and password these are. */
import { clock } from '../../model/clock.ts';
import type { Principal } from '../../model/principal.ts';
import { findUsers } from '../../store/access/principals.ts';
import type { Database } from '../../store/postgres/database.ts';
import { createTurns } from '../turns.ts';
import type { Access } from './access.ts';
import { countWrong, forgiveWrong, lockedFor, lockName } from './lockout.ts';
import type { PasswordHashes } from './password-hashes.ts';
import { toPrincipal } from './to-principal.ts';

/** Of users who share a name so many are looked at: each takes as long as a log-in. */
const mostOfOneName = 5;

/** By what stored password somebody was let in: it may be another one by the time that a session is opened. */
export type LetInBy = WeakMap<Principal, string>;

/** The passwords of a name are looked at one after the other: of a thousand at once, all would be before the first wrong one was counted. */
export function passwordMatcher(database: Database, hashes: PasswordHashes, letInBy: LetInBy): Access['password'] {
  const inTurn = createTurns();
  return (userName, password, options) => inTurn(lockName(userName), () => match(userName, password, options));

  async function match(...[userName, password, signIn]: Parameters<Access['password']>) {
    const { workspace, shortName, from } = signIn;
    const users = await database.global((tx) => findUsers(tx, userName, { workspace, short: shortName }));
    // As it is stored: letters that are one to the database may be two to us, and each spelling would have its ten guesses.
    const name = users[0]?.email ?? userName;
    const retryAfterSeconds = await database.global((tx) => lockedFor(tx, name, clock.now()));
    if (retryAfterSeconds > 0) return { kind: 'locked', retryAfterSeconds } as const;
    const matching: Principal[] = [];
    for (const user of users.slice(0, mostOfOneName)) {
      if (!(await hashes.isOf(user.password_hash, password, from))) continue;
      const principal = toPrincipal(user);
      matching.push(principal);
      if (user.password_hash !== null) letInBy.set(principal, user.password_hash);
    }
    if (users.length === 0) await hashes.isOf(null, password, from);
    const [only, another] = matching;
    await database.global((tx) =>
      only === undefined ? countWrong(tx, name, signIn) : forgiveWrong(tx, name, matching),
    );
    if (only === undefined) return { kind: 'none' } as const;
    return another === undefined ? ({ kind: 'one', principal: only } as const) : ({ kind: 'several' } as const);
  }
}

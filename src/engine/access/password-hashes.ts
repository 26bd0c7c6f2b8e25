/** Passwords as they are kept: by a salt of their own, and so that each guess at one is dear. */
import { randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { WorkspaceId } from '../../model/ids.ts';
import { FairTurns } from './fair-turns.ts';
import { networkOf } from './network.ts';
import { sameBytes } from './secrets.ts';

export type PasswordCost = { readonly N: number; readonly r: number; readonly p: number };

/** One of OWASP's equal recommendations for scrypt; this one takes 32 MiB each, so that many log-ins at once fit into memory. */
const recommended: PasswordCost = { N: 2 ** 15, r: 8, p: 3 };
const maxmem = 64 * 2 ** 20;

const scryptAsync = promisify(scrypt) as (
  password: string,
  salt: Buffer,
  length: number,
  options: PasswordCost & { maxmem: number },
) => Promise<Buffer>;

/** As many at once as Node has threads for it; those that wait are served in a few seconds. */
const turns = new FairTurns({ atWork: 4, waiting: 60 }, 5);

/** @param who asks: whoever guesses passwords in bulk waits for itself, and is turned away. */
const derive = (who: string, password: string, salt: Buffer, cost: PasswordCost): Promise<Buffer> =>
  turns.run(who, () => scryptAsync(password.normalize('NFC'), salt, 32, { ...cost, maxmem }));

export class PasswordHashes {
  readonly #cost: PasswordCost;
  readonly #ofNobody: string;

  constructor(cost = recommended) {
    this.#cost = cost;
    this.#ofNobody = `scrypt$${cost.N}$${cost.r}$${cost.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;
  }

  /** @param workspace of whoever sets it. */
  async make(password: string, workspace: WorkspaceId): Promise<string> {
    const { N, r, p } = this.#cost;
    const salt = randomBytes(16);
    const hash = await derive(`workspace ${workspace}`, password, salt, this.#cost);
    return `scrypt$${N}$${r}$${p}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
  }

  /**
   * By the cost that is kept beside it. A wrong password, and one for a user that does not exist (`stored` null), take the same time.
   * @param from the address of whoever says it.
   */
  async isOf(stored: string | null, password: string, from: string): Promise<boolean> {
    const [, n, r, p, salt, hash] = (stored ?? this.#ofNobody).split('$');
    const expected = Buffer.from(hash ?? '', 'base64url');
    const cost = { N: Number(n), r: Number(r), p: Number(p) };
    const given = await derive(networkOf(from), password, Buffer.from(salt ?? '', 'base64url'), cost);
    return sameBytes(expected, given) && stored !== null;
  }
}

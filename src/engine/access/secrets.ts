/** Secrets: made from 256 random bits, kept as a hash where they are compared and sealed where they sign. */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hash,
  hkdfSync,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { WorkspaceId } from '../../model/ids.ts';
import { FairTurns } from './fair-turns.ts';
import { networkOf } from './network.ts';

const scryptAsync = promisify(scrypt) as (
  password: string,
  salt: Buffer,
  length: number,
  options: { N: number; r: number; p: number; maxmem: number },
) => Promise<Buffer>;

/** One of OWASP's equal recommendations for scrypt; this one takes 32 MiB each, so that many log-ins at once fit into memory. */
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 2 ** 20 };

/** As many at once as Node has threads for it; those that wait are served in a few seconds. */
const turns = new FairTurns({ atWork: 4, waiting: 60 }, 5);

/** @param who asks: whoever guesses passwords in bulk waits for itself, and is turned away. */
const derive = (
  who: string,
  password: string,
  salt: Buffer,
  { N, r, p }: { N: number; r: number; p: number },
): Promise<Buffer> =>
  turns.run(who, () => scryptAsync(password.normalize('NFC'), salt, 32, { N, r, p, maxmem: cost.maxmem }));

export const newToken = (prefix: string): string => `${prefix}${randomBytes(32).toString('base64url')}`;

export const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer');

export const sameBytes = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** @param workspace of whoever sets it. */
export async function hashPassword(password: string, workspace: WorkspaceId): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(`workspace ${workspace}`, password, salt, cost);
  return `scrypt$${cost.N}$${cost.r}$${cost.p}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

/**
 * A wrong password, and one for a user that does not exist (`stored` null), take the same time.
 * @param from the address of whoever says it.
 */
export async function isPassword(password: string, stored: string | null, from: string): Promise<boolean> {
  const [, n, r, p, salt, hash] = (stored ?? dummyHash).split('$');
  const expected = Buffer.from(hash ?? '', 'base64url');
  const parameters = { N: Number(n), r: Number(r), p: Number(p) };
  const given = await derive(networkOf(from), password, Buffer.from(salt ?? '', 'base64url'), parameters);
  return sameBytes(expected, given) && stored !== null;
}

const dummyHash = `scrypt$${cost.N}$${cost.r}$${cost.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** Encrypts secrets that sign requests (OAuth 1.0a, HMAC), which cannot be hashed: AES-256-GCM, nonce and tag before the text. */
export class Vault {
  readonly #key: Buffer;
  readonly #markKey: Buffer;

  constructor(secretKey: string) {
    this.#key = Buffer.from(hkdfSync('sha256', secretKey, '', 'keyway sealed secrets', 32));
    this.#markKey = Buffer.from(hkdfSync('sha256', secretKey, '', 'keyway marks', 32));
  }

  /** By which the same text is known again, and from which nobody can guess it who has not the key: it may hold a password. */
  mark(text: string): string {
    return createHmac('sha256', this.#markKey).update(text).digest('base64url');
  }

  seal(secret: string): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** Throws when it was sealed under another key. */
  open(sealed: Buffer): string {
    const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(0, 12));
    decipher.setAuthTag(sealed.subarray(12, 28));
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
  }
}

/** Secrets: made from 256 random bits, kept as a hash where they are compared and sealed where they sign. */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hash,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

export const newToken = (prefix: string): string => `${prefix}${randomBytes(32).toString('base64url')}`;

export const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer');

export const sameBytes = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

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

/** Client assertions (RFC 7523) as the vendor's machine-to-machine log-in uses them: a JWT, signed by the client's private key. */
import { constants, createPublicKey, type KeyObject, type VerifyKeyObjectInput, verify } from 'node:crypto';
import { isObject } from '../../../model/json.ts';
import type { PublicKey } from '../../../model/public-key.ts';

export type Assertion = {
  readonly algorithm: Algorithm;
  /** Id of the certificate whose key signed it. */
  readonly keyId: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What was signed, and the signature. */
  readonly signed: string;
  readonly signature: Buffer;
};

/** RS256 and its siblings are not among them: the vendor refuses PKCS #1 v1.5. */
const algorithms = {
  PS256: { hash: 'sha256', curve: null },
  PS384: { hash: 'sha384', curve: null },
  PS512: { hash: 'sha512', curve: null },
  ES256: { hash: 'sha256', curve: 'prime256v1' },
  ES384: { hash: 'sha384', curve: 'secp384r1' },
  ES512: { hash: 'sha512', curve: 'secp521r1' },
} as const;
type Algorithm = keyof typeof algorithms;

const isAlgorithm = (name: unknown): name is Algorithm => typeof name === 'string' && Object.hasOwn(algorithms, name);

function jsonIn(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Reads, and believes nothing yet. Undefined when it is no JWT of a kind that the vendor takes. */
export function parseAssertion(text: string): Assertion | undefined {
  const parts = text.split('.');
  const [header = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3 || !parts.every((part) => /^[\w-]+$/.test(part))) return undefined;
  const head = jsonIn(header);
  const claims = jsonIn(payload);
  if (head === undefined || claims === undefined || !isAlgorithm(head.alg) || typeof head.kid !== 'string')
    return undefined;
  if (head.typ !== undefined && String(head.typ).toUpperCase() !== 'JWT') return undefined;
  return {
    algorithm: head.alg,
    keyId: head.kid,
    claims,
    signed: `${header}.${payload}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

export function isSignedBy({ algorithm, signed, signature }: Assertion, publicKey: PublicKey): boolean {
  const { hash, curve } = algorithms[algorithm];
  const key = createPublicKey(publicKey);
  if (!isOf(key, curve)) return false;
  const input: VerifyKeyObjectInput =
    curve === null
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : { key, dsaEncoding: 'ieee-p1363' };
  return verify(hash, Buffer.from(signed), input, signature);
}

const isOf = (key: KeyObject, curve: string | null): boolean =>
  curve === null ? key.asymmetricKeyType === 'rsa' : key.asymmetricKeyDetails?.namedCurve === curve;

/** `scope` is text, with commas or spaces between, or a list. */
export function scopesOf({ scope }: Assertion['claims']): string[] {
  const texts = Array.isArray(scope) ? scope : [scope];
  return texts.flatMap((text) => (typeof text === 'string' ? text.split(/[\s,]+/) : [])).filter((text) => text !== '');
}

export const audiencesOf = ({ aud }: Assertion['claims']): unknown[] => (Array.isArray(aud) ? aud : [aud]);

/** Whether it holds at the time, which is in seconds; clocks may differ by so many. */
export function isInForce(
  { iat, exp }: Assertion['claims'],
  now: number,
  limits: { readonly longestSeconds: number; readonly skewSeconds: number },
): boolean {
  if (typeof iat !== 'number' || typeof exp !== 'number') return false;
  const { longestSeconds, skewSeconds } = limits;
  return exp > iat && exp - iat <= longestSeconds && iat <= now + skewSeconds && exp > now - skewSeconds;
}

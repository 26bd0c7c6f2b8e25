import { createPublicKey, type KeyObject } from 'node:crypto';

/** The public half of a pair that signs assertions, as PEM (SubjectPublicKeyInfo); made by `parsePublicKey` only. */
export type PublicKey = string & { readonly __brand: 'PublicKey' };

/** What is read, for messages. */
export const publicKeyWanted =
  'Give a public key or an X.509 certificate in PEM: RSA of at least 2048 bits, or EC on P-256, P-384 or P-521.';

const curves = ['prime256v1', 'secp384r1', 'secp521r1'];

/** Reads a public key or an X.509 certificate in PEM: RSA of at least 2048 bits, or EC on P-256, P-384 or P-521. Undefined for anything
 *  else, and for a private key, which nobody should send. */
export function parsePublicKey(pem: string): PublicKey | undefined {
  if (!/-----BEGIN (PUBLIC KEY|RSA PUBLIC KEY|CERTIFICATE)-----/.test(pem) || pem.includes('PRIVATE KEY')) {
    return undefined;
  }
  try {
    const key = createPublicKey(pem);
    return isStrong(key) ? (key.export({ type: 'spki', format: 'pem' }) as PublicKey) : undefined;
  } catch {
    return undefined;
  }
}

function isStrong({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean {
  if (type === 'rsa') return (details?.modulusLength ?? 0) >= 2048;
  return type === 'ec' && curves.includes(details?.namedCurve ?? '');
}

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, it } from 'vitest';
import { parsePublicKey } from './public-key.ts';

const spki = (key: KeyObject): string => String(key.export({ type: 'spki', format: 'pem' }));
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });

it('reads RSA keys of 2048 bits and keys on the curves of JWS, in one form', () => {
  for (const { publicKey } of [rsa(2048), ec('P-256'), ec('P-384'), ec('P-521')]) {
    expect(parsePublicKey(spki(publicKey))).toBe(spki(publicKey));
    expect(parsePublicKey(`\n${spki(publicKey).replaceAll('\n', '\r\n')}`)).toBe(spki(publicKey));
  }
  const { publicKey } = rsa(2048);
  expect(parsePublicKey(String(publicKey.export({ type: 'pkcs1', format: 'pem' })))).toBe(spki(publicKey));
});

it('refuses what is weak, what is private, and what is no key', () => {
  const { privateKey } = ec('P-256');
  for (const pem of [
    spki(rsa(1024).publicKey),
    spki(ec('secp256k1').publicKey),
    spki(generateKeyPairSync('ed25519').publicKey),
    String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    '-----BEGIN PUBLIC KEY-----\nnothing\n-----END PUBLIC KEY-----',
    'a key',
    '',
  ]) {
    expect(parsePublicKey(pem)).toBeUndefined();
  }
});

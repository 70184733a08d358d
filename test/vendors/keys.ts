import { generateKeyPairSync } from 'node:crypto';

/** A new RSA key as PEM (PKCS #8), as a vendor's portal hands it out. */
export function rsaKey(): string {
  return generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;
}

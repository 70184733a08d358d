import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';

import { selfSigned } from '../support/certificate.js';

// Made anew for each run, so that no key lies in the repository.
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The client's, PEM, as a vault has it. */
export const RSA_PRIVATE_KEY = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** What the vendor has of it. */
export const RSA_PUBLIC_KEY = rsa.publicKey;

/** A certificate of the client, and the key of it, PEM. */
export const { cert: CERTIFICATE, key: CERTIFIED_KEY } = selfSigned(
  '127.0.0.1',
  new Date('2040-01-01'),
  'rsa',
);

const vendor = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The vendor's own, for what only it may read: PEM of the one, the other kept by the simulator. */
export const VENDOR_PUBLIC_KEY = vendor.publicKey
  .export({ type: 'spki', format: 'pem' })
  .toString();
export const VENDOR_PRIVATE_KEY = vendor.privateKey;

/** The public half of a private key. */
export function publicKeyOf(pem: string) {
  return createPublicKey(createPrivateKey(pem));
}

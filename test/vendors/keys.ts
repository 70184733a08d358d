import { generateKeyPairSync } from 'node:crypto';

import { selfSigned } from '../support/certificate.js';

// Made anew for each run, so that no key lies in the repository.
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const PKCS8 = { type: 'pkcs8', format: 'pem' } as const;

/** PEM, as a user's vault has it. */
export const RSA_PRIVATE_KEY = rsa.privateKey.export(PKCS8).toString();
export const EC_PRIVATE_KEY = ec.privateKey.export(PKCS8).toString();

/** What the vendor has of them. */
export const RSA_PUBLIC_KEY = rsa.publicKey;
export const EC_PUBLIC_KEY = ec.publicKey;

/** A certificate with a key of its own, PEM. */
export const CERTIFICATE = selfSigned('127.0.0.1', new Date('2040-01-01'));

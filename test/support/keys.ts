import { generateKeyPairSync, type KeyObject } from 'node:crypto';

import type { JwtAlgorithm } from '../../lib/define.js';

/** The two halves of a key, made anew, so that none lies in the repository. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const made = new Map<string, KeyPair>();

/** A key for a kind of algorithm; one of each kind is enough for a test file. */
export function keyPair(kind: string): KeyPair {
  const known = made.get(kind) ?? generate(kind);
  made.set(kind, known);
  return known;
}

/** A key that suits an algorithm. */
export function keyFor(algorithm: Exclude<JwtAlgorithm, `HS${string}`>): KeyPair {
  if (algorithm === 'EdDSA') return keyPair('ed25519');
  const curves = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };
  return keyPair(algorithm in curves ? curves[algorithm as keyof typeof curves] : 'rsa-2048');
}

function generate(kind: string): KeyPair {
  if (kind === 'ed25519') return generateKeyPairSync('ed25519');
  const [type, bits] = kind.split('-');
  if (type === 'rsa') return generateKeyPairSync('rsa', { modulusLength: Number(bits) });
  return generateKeyPairSync('ec', { namedCurve: kind });
}

/** A private key as PEM. */
export function pem(key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8'): string {
  return key.export({ type, format: 'pem' } as { type: 'pkcs8'; format: 'pem' }).toString();
}

/** The claims of a JWT, unverified. */
export function claimsOf(jwt: string): Record<string, unknown> {
  return partOf(jwt, 1);
}

/** The header of a JWT. */
export function headerOf(jwt: string): Record<string, unknown> {
  return partOf(jwt, 0);
}

function partOf(jwt: string, index: number): Record<string, unknown> {
  const text = Buffer.from(jwt.split('.')[index] ?? '', 'base64url').toString();
  return JSON.parse(text) as Record<string, unknown>;
}

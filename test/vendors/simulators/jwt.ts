import { constants, createHmac, KeyObject, verify } from 'node:crypto';

import type { Received } from '../../support/fake-vendor.js';
import { deviation, type JsonMatch } from './matching.js';

/** What a JWT must be, exactly. */
export interface ExpectedJwt {
  /** The public key, or the secret of an HMAC. */
  readonly key: KeyObject | string;
  readonly algorithm: 'RS256' | 'RS512' | 'PS256' | 'ES256' | 'EdDSA' | 'HS256';
  /** Header members beside `alg` and `typ`. */
  readonly header?: Readonly<Record<string, JsonMatch>>;
  /** Claims beside `iat` and `exp`. */
  readonly claims: Readonly<Record<string, JsonMatch>>;
  /** Most seconds from `iat` to `exp`. Default 3,600. */
  readonly longest?: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Seconds by which a vendor lets a clock be ahead. */
const SKEW = 5;

/** Accepts JWTs that are signed and say what they must. */
export function jwt({ key, algorithm, header, claims, longest = 3_600, now }: ExpectedJwt) {
  return (value: unknown): boolean => {
    const [head = '', body = '', signature = ''] = String(value).split('.');
    const members = decoded(body);
    const { iat, exp } = members as { iat?: unknown; exp?: unknown };
    const seconds = now() / 1_000;
    const isTimely =
      typeof iat === 'number' &&
      typeof exp === 'number' &&
      iat - seconds <= SKEW &&
      exp > seconds &&
      exp - iat <= longest;
    return (
      isTimely &&
      isSigned(`${head}.${body}`, Buffer.from(signature, 'base64url'), key, algorithm) &&
      is(decoded(head), { alg: algorithm, typ: 'JWT', ...header }) &&
      is(members, { iat, exp, ...claims })
    );
  };
}

function isSigned(
  content: string,
  signature: Buffer,
  key: ExpectedJwt['key'],
  algorithm: ExpectedJwt['algorithm'],
): boolean {
  if (!(key instanceof KeyObject))
    return createHmac('sha256', key).update(content).digest().equals(signature);
  const hash = algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`;
  const padding = algorithm === 'PS256' ? { padding: constants.RSA_PKCS1_PSS_PADDING } : {};
  const dsaEncoding = 'ieee-p1363' as const;
  return verify(hash, Buffer.from(content), { key, dsaEncoding, ...padding }, signature);
}

function is(value: unknown, json: JsonMatch): boolean {
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', path: '/', headers, query: new URLSearchParams() };
  const text = JSON.stringify(value);
  return deviation({ ...request, text } as Received, { path: '/', json }) === undefined;
}

function decoded(part: string): object {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as object;
}

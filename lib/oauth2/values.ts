import { createHash, createHmac, type BinaryToTextEncoding } from 'node:crypto';

import type { TokenSet } from '../core/token-set.js';
import type { CredentialName } from './credentials.js';
import { kindOfValue, madeOf, ShowableError } from './definition-functions.js';
import type { RequestContext, Scalar, RequestValue } from './request-definition.js';
import { resolveParameter } from './request-values.js';
import { readFrom, valueAt, type Selector } from './selector.js';
import type { VendorResponse } from './vendor-response.js';

/**
 * Ready-made values of parameters and headers that are computed for each request. Within one request, each stays the
 * same wherever it is used.
 */
export const values = {
  /** A fresh UUID. */
  uuid: madeOf(({ id }: Pick<RequestContext, 'id'>) => id),
  /** The current time in seconds since the epoch. */
  epochSeconds: madeOf(({ now }: Pick<RequestContext, 'now'>) => Math.floor(now / 1_000)),
  /** The current time in milliseconds since the epoch. */
  epochMilliseconds: madeOf(({ now }: Pick<RequestContext, 'now'>) => now),
  /** The current time as ISO 8601 in UTC with milliseconds. */
  isoDate: madeOf(({ now }: Pick<RequestContext, 'now'>) => new Date(now).toISOString()),
  /** The subject that the token is for. */
  subject: madeOf(({ subject }: Pick<RequestContext, 'subject'>) => subject),
  /** The scope to ask for, if the vendor wants it in another parameter or header. */
  scope: madeOf(({ scope }: Pick<RequestContext, 'scope'>) => scope),
  /** The token that is renewed, revoked, or sent to the API. */
  accessToken: madeOf(({ accessToken }: Pick<RequestContext, 'accessToken'>) => accessToken),
  /** The refresh token that is used or revoked. */
  refreshToken: madeOf(({ refreshToken }: Pick<RequestContext, 'refreshToken'>) => refreshToken),
  /** A credential of the definition, a standard one or one under `credentials`. */
  credential: (name: CredentialName | (string & {})) =>
    madeOf(
      ({ credentials }: Pick<RequestContext, 'credentials'>) => credentials[name],
      'credential',
      name,
    ),
  /** A digest of the joined parts, in lower-case hexadecimal. The request fails if a part has no value. */
  digest: (algorithm: DigestAlgorithm, ...parts: readonly RequestValue[]) => {
    const make = async (context: RequestContext) => digest(algorithm, await joined(parts, context));
    return madeOf(make, 'digest', algorithm, ...parts);
  },
  /** An HMAC (RFC 2104) of the joined parts, in lower-case hexadecimal. The request fails if a part has no value. */
  hmac: (algorithm: DigestAlgorithm, key: string, ...parts: readonly RequestValue[]) => {
    const make = async (context: RequestContext) =>
      hmac(algorithm, key, await joined(parts, context));
    return madeOf(make, 'hmac', algorithm, key, ...parts);
  },
  /**
   * A value in `extra` of the token set, by path: for API requests, refreshes, revocations and the steps in `after`.
   * `undefined` if it is not there.
   */
  extra: (path: string) => {
    const make = ({ tokens }: { tokens: TokenSet | undefined }) =>
      tokens && (valueAt(tokens.extra, path) as Scalar | undefined);
    return madeOf(make, 'extra', path);
  },
  /**
   * A value in the response of an earlier step. The request fails if the value is not there; `null` is left out. A
   * refresh runs no steps, so there the value is left out.
   */
  response: (step: string, selector: Selector) => {
    const make = ({ responses }: { responses: Readonly<Record<string, VendorResponse>> }) => {
      const response = responses[step];
      if (!response) return undefined;
      const found = readFrom(response, selector);
      if (found !== undefined) return (found ?? undefined) as Scalar | undefined;
      const where = typeof selector === 'string' ? `at \`${selector}\`` : 'that its selector finds';
      throw new ShowableError(`the response of the step \`${step}\` has nothing ${where}`);
    };
    return madeOf(make, 'response', step, selector);
  },
} as const;

async function joined(parts: readonly RequestValue[], context: RequestContext): Promise<string> {
  const resolved = await Promise.all(parts.map((part) => resolveParameter(part, context)));
  const missing = resolved.indexOf(undefined);
  if (missing < 0) return resolved.map(String).join('');
  throw new ShowableError(
    `part ${missing + 1} of its \`values.digest\` or \`values.hmac\` has no value`,
  );
}

/** The algorithms that vendors sign with. */
export type DigestAlgorithm = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';

export const DIGEST_ALGORITHMS: readonly DigestAlgorithm[] = [
  'md5',
  'sha1',
  'sha256',
  'sha384',
  'sha512',
];

/**
 * A digest of bytes, or of text in UTF-8. Default encoding: lower-case hexadecimal.
 *
 * @throws {TypeError} if the text is neither a string nor a Buffer
 */
export function digest(
  algorithm: DigestAlgorithm,
  text: string | Buffer,
  encoding: BinaryToTextEncoding = 'hex',
): string {
  if (!Buffer.isBuffer(text)) mustBeText('digest', text);
  return createHash(algorithm).update(text).digest(encoding);
}

/**
 * An HMAC (RFC 2104) of bytes, or of text in UTF-8. Default encoding: lower-case hexadecimal.
 *
 * @throws {TypeError} if key or text is neither a string nor a Buffer
 */
export function hmac(
  algorithm: DigestAlgorithm,
  key: string | Buffer,
  text: string | Buffer,
  encoding: BinaryToTextEncoding = 'hex',
): string {
  for (const part of [key, text]) if (!Buffer.isBuffer(part)) mustBeText('hmac', part);
  return createHmac(algorithm, key).update(text).digest(encoding);
}

/**
 * The value of an `Authorization` header with the Basic scheme, in UTF-8 (RFC 7617 §2.1).
 *
 * @throws {TypeError} if user or password is not a string
 */
export function basic(user: string, password: string): string {
  mustBeText('basic', user);
  mustBeText('basic', password);
  return `Basic ${base64(`${user}:${password}`)}`;
}

/**
 * Text in UTF-8 as base64 (RFC 4648 §4).
 *
 * @throws {TypeError} if it is not a string
 */
export function base64(text: string): string {
  mustBeText('base64', text);
  return Buffer.from(text, 'utf8').toString('base64');
}

/** A part that is missing must not become the text `undefined`. */
function mustBeText(name: string, value: unknown): void {
  if (typeof value === 'string') return;
  throw new ShowableError(
    `\`${name}\` needs strings, but one of its arguments is ${kindOfValue(value)}`,
  );
}

import { createHash, createHmac, type BinaryToTextEncoding } from 'node:crypto';

import { kindOfValue, ShowableError } from './definition-functions.js';

/** What vendors sign with. */
export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number];

export const DIGEST_ALGORITHMS = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const;

/**
 * A digest of bytes, or of text in UTF-8, in lower-case hexadecimal unless told otherwise.
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
 * An HMAC (RFC 2104) of bytes, or of text in UTF-8, in lower-case hexadecimal unless told otherwise.
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
 * The value of an `Authorization` header of the Basic scheme, in UTF-8 (RFC 7617 §2.1).
 *
 * @throws {TypeError} if one of the two is not a string
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
  throw new ShowableError(`\`${name}\` needs strings, and one of them is ${kindOfValue(value)}`);
}

import { createHash, createHmac, type BinaryToTextEncoding } from 'node:crypto';

/** What vendors sign with. */
export type DigestAlgorithm = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** A digest of bytes, or of text in UTF-8, in lower-case hexadecimal unless told otherwise. */
export function digest(
  algorithm: DigestAlgorithm,
  text: string | Buffer,
  encoding: BinaryToTextEncoding = 'hex',
): string {
  return createHash(algorithm).update(text).digest(encoding);
}

/** An HMAC (RFC 2104) of bytes, or of text in UTF-8, in lower-case hexadecimal unless told otherwise. */
export function hmac(
  algorithm: DigestAlgorithm,
  key: string | Buffer,
  text: string | Buffer,
  encoding: BinaryToTextEncoding = 'hex',
): string {
  return createHmac(algorithm, key).update(text).digest(encoding);
}

/** The value of an `Authorization` header of the Basic scheme, in UTF-8 (RFC 7617 §2.1). */
export function basic(user: string, password: string): string {
  return `Basic ${base64(`${user}:${password}`)}`;
}

/** Text in UTF-8 as base64 (RFC 4648 §4). */
export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

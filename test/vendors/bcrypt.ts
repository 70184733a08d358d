import { createHash } from 'node:crypto';

/**
 * In place of `hashSync` of the package `bcrypt`, which is no dependency here: the same arguments, the
 * salt at the beginning of the hash, another digest.
 */
export function hashSync(text: string, salt: string): string {
  return salt + createHash('sha256').update(`${salt}${text}`).digest('base64').slice(0, 31);
}

import { printable } from '../util/redaction.js';
import { isSendable } from '../core/token-set.js';

/**
 * Characters. No RFC has a limit, but no server accepts a header as long as this, and all three together fit
 * into what a token set may take.
 */
const LONGEST = { accessToken: 32_768, refreshToken: 16_384, scope: 8_192 };

export type Limited = keyof typeof LONGEST;

/** A scheme, as some vendors put it before the token. */
const SCHEME = /^(bearer|token|jwt|oauth|basic|dpop|mac) +(?=\S)/i;

/** The token alone, where the vendor has put the scheme that it is sent under before it. */
export function bareToken(token: unknown, scheme = 'Bearer'): unknown {
  const [prefix, name] = (typeof token === 'string' && SCHEME.exec(token)) || [];
  if (!prefix || name?.toLowerCase() !== scheme.toLowerCase()) return token;
  return (token as string).slice(prefix.length);
}

/** What the names of token types look like. A text of any other form may be a token that is read from there. */
const WORDS = /^[a-z_:. -]{0,60}\d{0,2}$/i;

/** What stands where a word was expected, with secrets masked. */
export function shown(value: unknown, secrets: readonly string[]): string {
  if (typeof value !== 'string') return kindOf(value);
  const isWords = WORDS.test(value);
  return isWords ? `"${printable(value, secrets, 60)}"` : `a text of ${value.length} characters`;
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'a list' : `of type ${typeof value}`;
}

/** Why a value cannot be sent as a token. */
export function tokenProblem(value: unknown, what: Limited): string | undefined {
  if (value === undefined || value === null) return 'is missing';
  if (typeof value !== 'string') return 'is not a string';
  if (value === '') return 'is empty';
  if (longer(what, value)) return isTooLong(what);
  const [, scheme] = SCHEME.exec(value) ?? [];
  const isTrimmed = value === value.trim();
  if (isSendable(value)) return undefined;
  if (scheme !== undefined) {
    return `begins with "${scheme} ", which is not the scheme that it is sent under: set \`use: { scheme: '${scheme}' }\`, or read what follows with a function`;
  }
  const where = isTrimmed ? '' : ': white space at its ends';
  return `has characters that no header may carry${where}`;
}

export function longer(what: Limited, value: unknown): Limited | undefined {
  return typeof value === 'string' && value.length > LONGEST[what] ? what : undefined;
}

export function isTooLong(what: Limited): string {
  return `is longer than ${LONGEST[what]} characters`;
}

import { Fragments } from './fragments.js';
import { detached } from './memory.js';
import { readingsOf, unescapedText } from './readings.js';

/** What stands in for a secret wherever one would otherwise be printed. */
export const REDACTED = '[redacted]';

/** Characters of one secret, and of all together, that are searched for in their encoded forms, too. */
const LONGEST = { secret: 8_192, all: 32_768 };

/** Characters of all secrets together; no text is shown beside more. No account comes near this. */
const MOST = 131_072;

/** Characters that each secret counts for in addition. */
const LEAST = 200;

/**
 * Makes text that a vendor wrote safe to print: every secret in it, whole or in part, as it is or in any
 * encoding that a reader could undo, is masked, control and bidirectional characters are replaced, and
 * the rest is cut.
 *
 * @param maxLength characters, the ellipsis included
 */
export function printable(text: string, secrets: readonly string[] = [], maxLength = 200): string {
  const masked = maskSecrets(detached(text.slice(0, 16 * maxLength)), secrets);
  const plain = masked.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return plain.length > maxLength ? `${beginning(plain, maxLength - 1)}…` : plain;
}

/** Cuts a text, but no mask and no character in half. */
function beginning(text: string, length: number): string {
  const mask = text.lastIndexOf(REDACTED, length - 1);
  if (mask >= 0 && mask + REDACTED.length > length) return text.slice(0, mask);
  const isWhole = text.codePointAt(length - 1)! <= 0xffff;
  return text.slice(0, isWhole ? length : length - 1);
}

function maskSecrets(text: string, secrets: readonly string[]): string {
  const known = new Set(secrets.filter((secret) => secret !== ''));
  if (known.size === 0) return text;
  if ([...known].reduce((sum, secret) => sum + secret.length, 0) > MOST) return REDACTED;
  const readings = readingsOf(text);
  if (!readings) return REDACTED;
  const fragments = new Fragments(readings, text.length);
  let left = LONGEST.all;
  for (const secret of known) {
    if (secret.length <= LONGEST.secret) left -= secret.length + LEAST;
    const isEncoded = secret.length <= LONGEST.secret && left > 0;
    for (const form of isEncoded ? formsOf(secret) : [secret]) fragments.hide(form);
  }
  let out = '';
  for (let i = 0; i < text.length; i++) {
    if (!fragments.hidden[i]) out += text[i];
    else if (!fragments.hidden[i - 1]) out += REDACTED;
  }
  return out;
}

/**
 * The forms of a secret to search for: itself, itself with escapes undone, and its encodings. An encoding that
 * is cut off may be too short to be decoded, so it is searched for as it stands.
 */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [
    secret,
    unescapedText(secret),
    JSON.stringify(secret).slice(1, -1),
    percentEncoded(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
    bytes.toString('hex'),
    bytes.toString('base64'), // its last characters differ from those within a longer text
    ...base64Forms(bytes),
  ].filter((form, i) => i < 2 || form.length >= 8);
}

/** The base64 of bytes after none, one or two others, without the characters that encode some of the others. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return text.replace(/=+$/, '').slice(before && before + 1);
  });
}

function percentEncoded(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    return secret; // a lone surrogate has no percent-encoding
  }
}

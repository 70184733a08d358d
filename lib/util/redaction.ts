import { detached } from './memory.js';
import { formEncodedText } from './encoding.js';
import { readingsOf, unescapedText } from './readings.js';
import type { Reading } from './blocks.js';

/** Replaces a secret in everything that is printed. */
export const REDACTED = '[redacted]';

/** Characters of one secret, and of all together, up to which their encoded forms are searched for too. */
const LONGEST = { secret: 8_192, all: 32_768 };

/** Characters of all secrets together. With more, the whole text is masked. No account comes near this. */
const MOST = 131_072;

/** Characters that each secret counts in addition to its length. */
const LEAST = 200;

/**
 * Makes a vendor's text safe to print. It masks every secret, whole or in part, plain or in an encoding that a reader
 * could undo. It replaces control and bidirectional characters, and cuts the rest.
 *
 * @param maxLength characters, including the ellipsis
 */
export function printable(text: string, secrets: readonly string[] = [], maxLength = 200): string {
  const masked = maskSecrets(detached(text.slice(0, 16 * maxLength)), secrets);
  const plain = masked.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return plain.length > maxLength ? `${beginning(plain, maxLength - 1)}…` : plain;
}

/** Cuts a text without splitting a mask or a character. */
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
 * The forms of a secret to search for: as it is, with escapes undone, and encoded. An encoding that is cut off may be too
 * short to be decoded, so it is searched for in its encoded form.
 */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [
    secret,
    unescapedText(secret),
    JSON.stringify(secret).slice(1, -1),
    percentEncoded(secret),
    formEncodedText(secret),
    bytes.toString('hex'),
    bytes.toString('base64'), // its last characters differ from those within a longer text
    ...base64Forms(bytes),
  ].filter((form, i) => i < 2 || form.length >= 8);
}

/** The base64 of the bytes after 0, 1 or 2 other bytes, without the characters that depend on the other bytes. */
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

// In a separate context, such as jest's, a look-up of the global `Math` for each character is slow.
const { imul } = Math;

/** A part of a secret with this many characters counts as the secret. */
const FRAGMENT = 8;

const BASE = 31;
/** The factor of the first character in the hash of a fragment. */
const HIGHEST = Array.from({ length: FRAGMENT - 1 }).reduce<number>((n) => imul(n, BASE), 1);
const BUCKETS = 1 << 18;

/** The parts of the original text that a fragment stands for. */
type Places = [from: number, to: number][];

/**
 * The fragments of a text and of its readings. A secret may be much longer than the text: it is read once, and a rolling
 * hash skips most of it.
 */
export class Fragments {
  /** For each character of the text, whether it belongs to a secret. */
  readonly hidden: Uint8Array;
  readonly #readings: Reading[];
  readonly #places = new Map<string, Places>();
  /** How many fragments have a hash. */
  readonly #buckets = new Uint16Array(BUCKETS);

  constructor(readings: readonly Reading[], length: number) {
    this.hidden = new Uint8Array(length);
    this.#readings = readings.flatMap((reading) =>
      BEYOND_BMP.test(reading.text)
        ? [folded(reading), { ...reading, text: simple(reading.text) }]
        : [folded(reading)],
    );
    for (const reading of this.#readings) this.#add(reading);
  }

  /** Hides every fragment of a secret. A secret that is shorter than a fragment is hidden as a whole. */
  hide(secret: string): void {
    for (const form of new Set([foldedText(secret), simple(secret)])) {
      if (form.length >= FRAGMENT) this.#hideFragments(form);
      else if (form.length >= Math.min(secret.length, FRAGMENT)) this.#hideWhole(form);
    }
  }

  #add({ text, from, to }: Reading): void {
    for (let i = 0; i + FRAGMENT <= text.length; i++) {
      const fragment = text.slice(i, i + FRAGMENT);
      const places = this.#places.get(fragment);
      const place: Places[number] = [from[i]!, to[i + FRAGMENT - 1]!];
      if (places) {
        places.push(place);
        continue;
      }
      this.#places.set(fragment, [place]);
      this.#buckets[bucketOf(hashOf(fragment))]!++;
    }
  }

  #hideFragments(form: string): void {
    let hash = hashOf(form.slice(0, FRAGMENT));
    for (let i = 0; ; i++) {
      if (this.#buckets[bucketOf(hash)]! > 0) this.#hideFragment(form.slice(i, i + FRAGMENT), hash);
      if (i + FRAGMENT >= form.length) return;
      const rest = hash - imul(form.charCodeAt(i), HIGHEST);
      hash = (imul(rest, BASE) + form.charCodeAt(i + FRAGMENT)) | 0;
    }
  }

  /** Hides a fragment everywhere, and removes it, because it need not be found again. */
  #hideFragment(fragment: string, hash: number): void {
    const places = this.#places.get(fragment);
    if (!places) return;
    for (const [from, to] of places) this.hidden.fill(1, from, to);
    this.#places.delete(fragment);
    this.#buckets[bucketOf(hash)]!--;
  }

  #hideWhole(form: string): void {
    if (form === '') return;
    for (const { text, from, to } of this.#readings) {
      for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
        this.hidden.fill(1, from[at], to[at + form.length - 1]);
      }
    }
  }
}

function hashOf(fragment: string): number {
  let hash = 0;
  for (let i = 0; i < fragment.length; i++) hash = (imul(hash, BASE) + fragment.charCodeAt(i)) | 0;
  return hash;
}

function bucketOf(hash: number): number {
  return (hash ^ (hash >>> 14)) & (BUCKETS - 1);
}

const IS_PLAIN = /^[\x20-\x7e]*$/;

/** Folding may shorten such a character, so that a part of a secret becomes shorter than a fragment. */
const BEYOND_BMP = /[\ud800-\udfff]/;

/** Ignores case, and differences between blanks and between the alphabets of base64. Keeps the length. */
function simple(text: string): string {
  const codes = new Uint16Array(text.length);
  for (let i = 0; i < text.length; i++) codes[i] = simpleCode(text.charCodeAt(i));
  return Buffer.from(codes.buffer).toString('utf16le');
}

function simpleCode(code: number): number {
  if (code >= 0x41 && code <= 0x5a) return code | 0x20;
  const isBlank =
    (code >= 0x09 && code <= 0x0d) || code === 0xa0 || code === 0x2028 || code === 0x2029;
  if (isBlank || code === 0x2b || code === 0x2d) return 0x20;
  return code === 0x5f ? 0x2f : code;
}

/** Also ignores accents, full width and other variants of a letter, and removes invisible characters. */
function foldedText(text: string): string {
  if (IS_PLAIN.test(text)) return simple(text);
  const letters = text.normalize('NFKD').toLowerCase().replaceAll('ς', 'σ');
  return simple(letters).replace(/\p{C}/gu, '');
}

function folded({ text, from, to }: Reading): Reading {
  if (IS_PLAIN.test(text)) return { text: foldedText(text), from, to };
  const [parts, starts, ends]: [string[], number[], number[]] = [[], [], []];
  let at = 0;
  for (const character of text) {
    const part = foldedText(character);
    parts.push(part);
    for (let i = 0; i < part.length; i++) {
      starts.push(from[at]!);
      ends.push(to[at + character.length - 1]!);
    }
    at += character.length;
  }
  return { text: parts.join(''), from: starts, to: ends };
}

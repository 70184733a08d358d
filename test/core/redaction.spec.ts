import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { printable, REDACTED } from '../../lib/core/redaction.js';

const FRAGMENT = 8;

/** Long enough to be recognised in part. */
const secret = fc
  .oneof(
    fc.string({ minLength: 12, maxLength: 60 }),
    fc.string({ unit: 'grapheme', minLength: 12, maxLength: 40 }),
    fc.base64String({ minLength: 12, maxLength: 60 }),
    fc.stringMatching(/^[\w%&+=:"\\ üß€]{12,40}$/),
  )
  .filter((s) => s.length >= 12 && !/\p{Cs}/u.test(s));

/** The ways in which vendors and proxies repeat what they were sent. */
const ENCODINGS: Record<string, (value: string) => string> = {
  'as it is': (value) => value,
  'percent-encoded': encodeURIComponent,
  'percent-encoded in lower case': (value) =>
    encodeURIComponent(value).replace(/%../g, (escape) => escape.toLowerCase()),
  'form-encoded': (value) => new URLSearchParams([['', value]]).toString().slice(1),
  'in base64': (value) => Buffer.from(value).toString('base64'),
  'in base64url': (value) => Buffer.from(value).toString('base64url'),
  'in hex': (value) => Buffer.from(value).toString('hex'),
  'in upper-case hex': (value) => Buffer.from(value).toString('hex').toUpperCase(),
  'as a JSON string': (value) => JSON.stringify(value).slice(1, -1),
};

/** Text around a secret that has no part of it by chance. */
const around = fc.stringMatching(/^[¿¡·¬]{0,30}$/);

function survivors(text: string, encoded: string): string[] {
  const shown = text.replaceAll(REDACTED, '\0');
  return Array.from({ length: Math.max(0, encoded.length - FRAGMENT + 1) }, (_, i) =>
    encoded.slice(i, i + FRAGMENT),
  ).filter((fragment) => shown.includes(fragment));
}

describe('text that a vendor wrote', () => {
  it.each(Object.entries(ENCODINGS))('shows no 8 characters of a secret %s', (_name, encode) => {
    fc.assert(
      fc.property(secret, around, around, (secret, before, after) => {
        const encoded = encode(secret);
        const text = printable(`${before}${encoded}${after}`, [secret], 1_000);
        expect(survivors(text, encoded)).toEqual([]);
      }),
    );
  });

  it.each(Object.entries(ENCODINGS))('shows no part of a secret cut short %s', (_name, encode) => {
    fc.assert(
      fc.property(secret, fc.nat(), fc.nat(), around, (secret, a, b, before) => {
        const encoded = encode(secret);
        const [from, to] = [a % encoded.length, b % (encoded.length + 1)].toSorted((x, y) => x - y);
        const text = printable(`${before}${encoded.slice(from, to)}`, [secret], 1_000);
        expect(survivors(text, encoded)).toEqual([]);
      }),
    );
  });

  it('shows none of several secrets, one within the other or side by side', () => {
    fc.assert(
      fc.property(secret, secret, (one, other) => {
        const secrets = [one, other, one + other];
        const text = printable(`${other}${one}${other} ${one}`, secrets, 1_000);
        expect([...survivors(text, one), ...survivors(text, other)]).toEqual([]);
      }),
    );
  });

  it('shows nothing of a secret that the cut goes through', () => {
    fc.assert(
      fc.property(secret, fc.integer({ min: 0, max: 250 }), (secret, offset) => {
        const text = printable(`${'·'.repeat(offset)}${secret}`, [secret], 200);
        expect(survivors(text, secret)).toEqual([]);
      }),
    );
  });

  it('is masked in whole where the secret is shorter than 8 characters', () => {
    expect(printable('pin 4711 is wrong', ['4711'])).toBe(`pin ${REDACTED} is wrong`);
  });

  it('is masked although a secret has no percent-encoding', () => {
    const secret = 'half a pair \ud83d of surrogates';
    expect(printable(`it is ${secret}`, [secret])).toBe(`it is ${REDACTED}`);
  });

  it('shows the rest as it is', () => {
    const text = 'The password "hunter2-hunter2" of ama@example.com is wrong.';
    expect(printable(text, ['hunter2-hunter2'])).toBe(
      `The password "${REDACTED}" of ama@example.com is wrong.`,
    );
    expect(printable('nothing to hide', ['not here at all', ''])).toBe('nothing to hide');
  });

  it.each([
    ['line breaks', 'a\r\nb\u2028c\u2029d\u0085e', 'a b c d e'],
    ['terminal escapes', 'a\u001b[31mred\u0007', 'a [31mred'],
    ['NUL and DEL', 'a\0b\x7fc', 'a b c'],
    ['bidirectional controls', 'a\u202egnp.exe\u2066b\u200fc', 'a gnp.exe b c'],
    ['invisible characters', 'a\u200b\u200c\u2060\ufeffb', 'a b'],
    ['lone surrogates', 'a\ud800b', 'a b'],
  ])('has no %s', (_what, text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it('has no control or format characters, whatever it was, and is cut to its length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1_000 }), (text) => {
        const shown = printable(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(shown.length).toBeLessThanOrEqual(201);
      }),
    );
  });

  it('that is endless costs no more than its beginning', () => {
    const shown = printable('x'.repeat(10_000_000), ['some secret of ours'], 200);
    expect(shown).toBe(`${'x'.repeat(200)}…`);
  });

  it('does not hide a secret behind characters that are not shown', () => {
    const text = `${'\0'.repeat(3_000)}hunter2-hunter2${'\0'.repeat(3_000)}`;
    expect(printable(text, ['hunter2-hunter2'])).toBe(REDACTED);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { printable, REDACTED } from '../../lib/util/redaction.js';

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

/** Every character as an escape of its own. */
function escaping(escape: (code: number) => string): (value: string) => string {
  return (value) =>
    Array.from({ length: value.length }, (_, i) => escape(value.charCodeAt(i))).join('');
}

const hex = (code: number, digits: number) => code.toString(16).padStart(digits, '0');
const bytesOf = (value: string) => [...Buffer.from(value)];

/** Any of these, one within the other, somebody could undo. */
const LAYERS: Record<string, (value: string) => string> = {
  ...ENCODINGS,
  'percent-encoded byte by byte': (value) =>
    bytesOf(value)
      .map((byte) => `%${hex(byte, 2)}`)
      .join(''),
  'in escapes of JSON': escaping((code) => `\\u${hex(code, 4)}`),
  'in bytes of a string of Python': (value) =>
    bytesOf(value)
      .map((byte) => `\\x${hex(byte, 2)}`)
      .join(''),
  'in entities of HTML by name': (value) =>
    value
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
      .replaceAll('ü', '&uuml;'),
  'in decimal entities': (value) => Array.from(value, (c) => `&#${c.codePointAt(0)};`).join(''),
  'in hexadecimal entities': (value) =>
    Array.from(value, (c) => `&#x${hex(c.codePointAt(0)!, 2)};`).join(''),
  'quoted-printable': (value) =>
    bytesOf(value)
      .map((byte) =>
        byte > 0x20 && byte < 0x7f && byte !== 0x3d
          ? String.fromCharCode(byte)
          : `=${hex(byte, 2).toUpperCase()}`,
      )
      .join('')
      .replace(/.{40}(?==)/g, '$&=\r\n'),
  'in lines of base64': (value) =>
    Buffer.from(value).toString('base64').replace(/.{12}/g, '$&\r\n'),
  'in bytes of a list': (value) => bytesOf(value).join(', '),
  'in hex with colons': (value) =>
    bytesOf(value)
      .map((byte) => hex(byte, 2))
      .join(':'),
};

/** What is shown of an encoded secret, in characters of the secret. */
function shownOf(shown: string, encoded: string, secret: string): number {
  return (shown.replaceAll(REDACTED, '').length * secret.length) / encoded.length;
}

describe('a secret that is encoded again and again', () => {
  const plain = fc.stringMatching(/^[\w%&+=:"\\ü€<'/-]{12,24}$/);
  const chain = fc.array(fc.constantFrom(...Object.keys(LAYERS)), { minLength: 1, maxLength: 3 });

  it('a secret is masked in any chain of encodings, and the text around it stays', () => {
    fc.assert(
      fc.property(plain, chain, around, around, (secret, names, before, after) => {
        const encoded = names.reduce((value, name) => LAYERS[name]!(value), secret);
        const text = printable(`${before}${encoded}${after}`, [secret], 20_000);
        expect(text.startsWith(before) && text.endsWith(after)).toBe(true);
        const shown = text.slice(before.length, text.length - after.length);
        expect(shown).toContain(REDACTED);
        expect(shownOf(shown, encoded, secret)).toBeLessThan(FRAGMENT);
      }),
      { numRuns: 300 },
    );
  });

  it.each(['base64', 'base64url', 'hex'] as const)(
    'a secret is masked at any offset in %s',
    (encoding) => {
      fc.assert(
        fc.property(plain, fc.stringMatching(/^[a-f]{0,7}:?$/), (secret, before) => {
          const encoded = Buffer.from(`${before}${secret}:`).toString(encoding);
          for (const written of [encoded, encoded.toUpperCase(), `x${encoded}`, encoded.slice(1)]) {
            const text = printable(`id ${written}`, [secret], 1_000);
            expect(text).toContain(REDACTED);
            const rest =
              text.replaceAll(REDACTED, '').length -
              (encoded.length * (before.length + 1)) / (before.length + secret.length + 1);
            expect(rest).toBeLessThan(12);
          }
        }),
      );
    },
  );

  it('a secret is masked in other forms of its letters', () => {
    const secret = 'Stäple-Battery-9';
    for (const written of [
      secret.normalize('NFD'),
      secret.toUpperCase(),
      [...secret].join('\u200b'),
      Array.from(secret, (c) =>
        c < '~' && c > ' ' ? String.fromCharCode(c.charCodeAt(0) + 0xfee0) : c,
      ).join(''),
      Buffer.from('ple-Battery-9', 'utf16le').toString('base64'),
    ]) {
      expect(printable(`wrong: ${written}!`, [secret])).toMatch(/^wrong: \[redacted\]\S{0,3}!$/);
    }
  });

  it('a text that is encoded too deeply is not shown', () => {
    let deep = 'hunter2-hunter2';
    for (let i = 0; i < 20; i++)
      deep =
        i % 2
          ? deep.replaceAll('\\', '%5C')
          : deep.replaceAll(/^./g, (c) => `\\u${hex(c.charCodeAt(0), 4)}`);
    expect(printable(deep, ['hunter2-hunter2'])).toBe(REDACTED);
  });
});

describe('text that is cut', () => {
  it('a text is not cut within a mask or a character', () => {
    for (let length = 180; length <= 200; length++) {
      const before = '·'.repeat(length);
      const mask = printable(`${before}hunter2-hunter2${before}`, ['hunter2-hunter2']);
      expect(mask).toMatch(/^·+(\[redacted\])?·*…$/);
      const smile = printable(`${before}${'😀'.repeat(20)}`);
      expect(smile).toMatch(/^·+(😀)*…$/u);
      expect([mask.length <= 200, smile.length <= 200]).toEqual([true, true]);
    }
  });
});

describe('text that a vendor wrote', () => {
  it.each(Object.entries(ENCODINGS))(
    'no 8 characters of a secret are shown %s',
    (_name, encode) => {
      fc.assert(
        fc.property(secret, around, around, (secret, before, after) => {
          const encoded = encode(secret);
          const text = printable(`${before}${encoded}${after}`, [secret], 1_000);
          expect(survivors(text, encoded)).toEqual([]);
        }),
      );
    },
  );

  it.each(Object.entries(ENCODINGS))(
    'no part of a truncated secret is shown %s',
    (_name, encode) => {
      fc.assert(
        fc.property(secret, fc.nat(), fc.nat(), around, (secret, a, b, before) => {
          const encoded = encode(secret);
          const [from, to] = [a % encoded.length, b % (encoded.length + 1)].toSorted(
            (x, y) => x - y,
          );
          const text = printable(`${before}${encoded.slice(from, to)}`, [secret], 1_000);
          expect(survivors(text, encoded)).toEqual([]);
        }),
        { examples: [['AAAAAAAAAAAAAA==', 1_527_811_646, 1_041_031_847, '']] }, // the last 8 in base64
      );
    },
  );

  it('none of several nested or adjacent secrets is shown', () => {
    fc.assert(
      fc.property(secret, secret, (one, other) => {
        const secrets = [one, other, one + other];
        const text = printable(`${other}${one}${other} ${one}`, secrets, 1_000);
        expect([...survivors(text, one), ...survivors(text, other)]).toEqual([]);
      }),
    );
  });

  it('a secret at the end of a cut text is not shown', () => {
    fc.assert(
      fc.property(secret, fc.integer({ min: 0, max: 250 }), (secret, offset) => {
        const text = printable(`${'·'.repeat(offset)}${secret}`, [secret], 200);
        expect(survivors(text, secret)).toEqual([]);
      }),
    );
  });

  it('a secret of fewer than 8 characters is masked as a whole', () => {
    expect(printable('pin 4711 is wrong', ['4711'])).toBe(`pin ${REDACTED} is wrong`);
  });

  it('a secret in base64 is masked up to its last character', () => {
    const secret = ' '.repeat(31);
    expect(printable('ICAgIA==', [secret])).toBe(REDACTED);
    expect(printable('AgICAgIA', [secret])).toBe(REDACTED);
  });

  it('a text is masked even if a secret has no percent-encoding', () => {
    const secret = 'half a pair \ud83d of surrogates';
    expect(printable(`it is ${secret}`, [secret])).toBe(`it is ${REDACTED}`);
  });

  it('text beside a secret is shown unchanged', () => {
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
  ])('printable text has no %s', (_what, text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it('any text loses control and format characters and is cut to its length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1_000 }), (text) => {
        const shown = printable(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(shown.length).toBeLessThanOrEqual(200);
      }),
    );
  });

  it('a very long text costs no more than its beginning', () => {
    const shown = printable('x'.repeat(10_000_000), ['some secret of ours'], 200);
    expect(shown).toBe(`${'x'.repeat(199)}…`);
  });

  it('invisible characters in a text do not hide a secret from masking', () => {
    const text = `${'\0'.repeat(3_000)}hunter2-hunter2${'\0'.repeat(3_000)}`;
    expect(printable(text, ['hunter2-hunter2'])).toBe(REDACTED);
  });
});

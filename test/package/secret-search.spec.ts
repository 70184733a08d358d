import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Secret } from '../../lib/define.js';
import { expectNoSecret, placeOfSecret } from '../support/secrets.js';

const SECRET = 'Vx81-mQz7_pLw4';
const hidden = (member: object) =>
  Object.defineProperty({}, 'own', { value: member, enumerable: false });

describe('the search for printed secrets', () => {
  it.each<[string, unknown, string | undefined]>([
    ['a member', { a: { b: ['x', `key=${SECRET}`] } }, '$.a.b.1'],
    ['a part of one', { a: SECRET.slice(3, 11) }, '$.a'],
    ['a part between escapes', { a: { b: 'ab\\\'"c\\d"e' } }, undefined],
    ['an encoding', { a: Buffer.from(SECRET).toString('base64') }, '$.a'],
    ['what is not enumerable', hidden({ a: SECRET }), '$.own.a'],
    ['a symbol', { [Symbol('s')]: SECRET }, '$.Symbol(s)'],
    ['a map', new Map([['k', SECRET]]), '$(entries).0.1'],
    ['a name', { a: { [`x-${SECRET}`]: 1 } }, '$.a.[a name]'],
    ['an error', new Error(`no ${SECRET}`), '$.'], // in its stack or message, whichever this Node names first
    ['the cause of one', new Error('no', { cause: { a: SECRET } }), '$.cause.a'],
    ['text', `text with ${SECRET}`, '$'],
    ['what prints itself', { toJSON: () => SECRET }, undefined],
  ])('the search for printed secrets names the place of a secret: %s', (what, value, path) => {
    const secret = what === 'a part between escapes' ? 'ab\\\'"c\\d"e' : SECRET;
    const place = placeOfSecret(value, ['other-secret-1', secret]);
    expect(place).toMatch(/^a secret is printed: number 2 of 2, by [\w., ]+ at character \d+/);
    if (path !== undefined) expect(place).toContain(`, in ${path}`);
    expect(place).not.toContain(SECRET.slice(0, 8));
  });

  it('the search for printed secrets follows circular references, and finds nothing where there is no secret', () => {
    const circle: Record<string, unknown> = { secret: new Secret(SECRET) };
    circle['self'] = circle;
    expect(placeOfSecret(circle, [SECRET])).toBeUndefined();
    circle['more'] = { circle, a: SECRET };
    expect(placeOfSecret(circle, [SECRET])).toContain('$.more.a');
  });

  it('the search for printed secrets fails a test without quoting the secret', () => {
    const secrets = fc.string({ unit: 'grapheme-ascii', minLength: 12, maxLength: 40 });
    fc.assert(
      fc.property(secrets, (secret) => {
        let failure: unknown;
        try {
          expectNoSecret({ a: { [secret]: secret, b: secret } }, [secret]);
        } catch (error) {
          failure = error;
        }
        expect(failure).toBeInstanceOf(Error);
        // What is quoted of the value itself, its path, is all that could tell.
        const told = inspect((failure as Error).message);
        expect(told).toContain('$.a.[a name]');
        expect(told.includes(secret)).toBe(false);
      }),
    );
  });
});

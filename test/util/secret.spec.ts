import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { Secret } from '../../lib/util/secret.js';
import { expectNoSecret } from '../support/secrets.js';

const VALUE = 'hunter2-hunter2-hunter2';

describe('a secret', () => {
  it('tells its value to those who ask for it', () => {
    expect(new Secret(VALUE).reveal()).toBe(VALUE);
  });

  it('is printed as [redacted], however it is printed', () => {
    const secret = new Secret(VALUE);
    expect([`${secret}`, JSON.stringify({ secret })]).toEqual([
      '[redacted]',
      '{"secret":"[redacted]"}',
    ]);
    expectNoSecret(secret, [VALUE]);
    expectNoSecret({ nested: [secret], ...secret }, [VALUE]);
    expectNoSecret(new Error('with a secret', { cause: secret }), [VALUE]);
    expectNoSecret(structuredClone({ ...secret }), [VALUE]);
  });

  it('is recognised by another copy of this package', () => {
    const brand = Symbol.for('nestjs-oauth2-client:secret');
    const fromAnotherCopy = Object.defineProperty({}, brand, { value: true });
    expect([new Secret(VALUE), fromAnotherCopy].map((value) => value instanceof Secret)).toEqual([
      true,
      true,
    ]);
  });

  it.each([{}, null, undefined, VALUE, 5, () => {}])('is not mistaken for %p', (value) => {
    expect(value instanceof Secret).toBe(false);
  });

  it('is shown as such by `util.inspect`', () => {
    expect(inspect([new Secret(VALUE)])).toBe('[ [redacted] ]');
  });

  it('cannot be changed', () => {
    const secret = new Secret(VALUE) as unknown as Record<string, unknown>;
    expect(() => (secret['toString'] = () => VALUE)).toThrow(TypeError);
  });
});

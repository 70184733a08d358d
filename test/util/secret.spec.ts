import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { Secret } from '../../lib/util/secret.js';
import { expectNoSecret } from '../support/secrets.js';

const VALUE = 'hunter2-hunter2-hunter2';

describe('a secret', () => {
  it('`reveal` returns the value of a secret', () => {
    expect(new Secret(VALUE).reveal()).toBe(VALUE);
  });

  it('a secret prints as [redacted] in every way of printing', () => {
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

  it('a secret is recognised by another copy of this package', () => {
    const brand = Symbol.for('nestjs-oauth2-client:secret');
    const fromAnotherCopy = Object.defineProperty({}, brand, { value: true });
    expect([new Secret(VALUE), fromAnotherCopy].map((value) => value instanceof Secret)).toEqual([
      true,
      true,
    ]);
  });

  it.each([{}, null, undefined, VALUE, 5, () => {}])('%p is not a secret', (value) => {
    expect(value instanceof Secret).toBe(false);
  });

  it('`util.inspect` shows a secret as [redacted]', () => {
    expect(inspect([new Secret(VALUE)])).toBe('[ [redacted] ]');
  });

  it('a secret cannot be changed', () => {
    const secret = new Secret(VALUE) as unknown as Record<string, unknown>;
    expect(() => (secret['toString'] = () => VALUE)).toThrow(TypeError);
  });
});

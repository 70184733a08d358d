import { describe, expect, it } from '@jest/globals';

import { OAuth2ClientError } from '../../lib/core/errors.js';
import { permanent, transient } from '../support/failures.js';

describe('an error of this package', () => {
  it('the message names the provider, the reason and the hint', () => {
    const error = permanent({ reason: 'It was refused.', hint: 'Check it.' });
    expect(error.message).toBe('[acme] It was refused. Check it.');
    expect(error.name).toBe('OAuth2ClientError');
    expect(String(error)).toBe('OAuth2ClientError: [acme] It was refused. Check it.');
    expect(error).toBeInstanceOf(Error);
  });

  it('an error serialises to its facts, without stack and cause', () => {
    const error = transient({ cause: new Error('hidden'), retryAfter: 7, error: 'busy' });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'OAuth2ClientError',
      message: error.message,
      code: 'TOKEN_ENDPOINT_UNAVAILABLE',
      provider: 'acme',
      stage: 'token request',
      reason: 'The token endpoint answered 500.',
      hint: 'Wait.',
      status: 500,
      error: 'busy',
      retryable: true,
      retryAfter: 7,
      evaluated: true,
      grantRefused: false,
      mayLockAccount: false,
    });
  });

  it('an error counts as evaluated unless the server certainly did not evaluate the request', () => {
    expect(transient().evaluated).toBe(true);
    expect(transient({ evaluated: false }).evaluated).toBe(false);
  });

  it('an error without a cause has no cause property', () => {
    expect(Object.hasOwn(transient(), 'cause')).toBe(false);
    expect(transient({ cause: 'c' }).cause).toBe('c');
  });

  it('an error of another copy of this package is an OAuth2ClientError', () => {
    const fromAnotherCopy = Object.defineProperty(
      new Error('same'),
      Symbol.for('nestjs-oauth2-client:error'),
      { value: true },
    );
    expect(fromAnotherCopy instanceof OAuth2ClientError).toBe(true);
  });

  it.each([new Error('other'), {}, null, undefined, 'text', 5, () => {}])(
    '%p is not an OAuth2ClientError',
    (value) => {
      expect(value instanceof OAuth2ClientError).toBe(false);
    },
  );
});

describe('the error of one caller', () => {
  it('each caller gets the facts of the shared failure, with a stack and a retryAfter of its own', () => {
    const shared = Object.freeze(permanent({ retryAfter: 3, errorDescription: 'why' }));
    const own = shared.forCaller(30);
    expect(own).toMatchObject({
      code: shared.code,
      reason: shared.reason,
      errorDescription: 'why',
      evaluated: shared.evaluated,
      retryAfter: 30,
    });
    expect(own.cause).toBe(shared);
    expect(own.stack).not.toBe(shared.stack);
    expect(own.message).toContain('30 s');
    expect(Object.isFrozen(own)).toBe(false);
  });

  it('the message names no next attempt if the next call may ask at once', () => {
    expect(permanent().forCaller(0).message).toBe(permanent().message);
  });
});

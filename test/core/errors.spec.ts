import { describe, expect, it } from '@jest/globals';

import {
  invalidCall,
  kindOf,
  OAuth2ClientError,
  settleStack,
  type OAuth2ErrorDetails,
} from '../../lib/core/errors.js';
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

describe('the facts of an error', () => {
  const FACTS: OAuth2ErrorDetails = {
    code: 'THROTTLED',
    provider: 'acme',
    account: 'ama',
    stage: 'token response',
    reason: 'It was refused.',
    hint: 'Wait.',
    status: 429,
    error: 'slow_down',
    errorDescription: 'too fast',
    retryable: true,
    retryAfter: 7,
    evaluated: false,
    grantRefused: true,
    mayLockAccount: true,
  };

  it('an error has the facts that it was made with, and serialises to them', () => {
    const error = new OAuth2ClientError(FACTS);
    expect(error).toMatchObject(FACTS);
    expect(error.toJSON()).toEqual({
      ...FACTS,
      name: 'OAuth2ClientError',
      message: '[acme, account ama] It was refused. Wait.',
    });
  });

  it('the facts of an error are false or absent by default', () => {
    const { code, provider, stage, reason, hint } = FACTS;
    const error = new OAuth2ClientError({ code, provider, stage, reason, hint });
    expect(error).toMatchObject({ retryable: false, grantRefused: false, mayLockAccount: false });
    expect([error.account, error.status, error.retryAfter, error.errorDescription]).toEqual(
      Array.from({ length: 4 }),
    );
  });

  it('an error without a provider gets its name once', () => {
    const { provider: _provider, account: _account, ...facts } = FACTS;
    const error = new OAuth2ClientError({ ...facts, cause: 'why' });
    expect([error.provider, error.message]).toEqual(['', 'It was refused. Wait.']);
    const named = error.of('acme');
    expect(named.message).toBe('[acme] It was refused. Wait.');
    expect([named.provider, named.status, named.cause]).toEqual(['acme', 429, 'why']);
    expect(named.of('other')).toBe(named);
  });

  it('an invalid call is an error of the request', () => {
    const error = invalidCall('acme', 'It is wrong.', 'Correct it.');
    expect(error).toMatchObject({ code: 'REQUEST_INVALID', stage: 'api request' });
    expect(error.message).toBe('[acme] It is wrong. Correct it.');
  });

  it.each([
    ['configuration', false],
    ['credentials', false],
    ['api request', false],
    ['token request', true],
    ['token response', true],
  ] as const)('an error in the stage %s counts as evaluated by default: %s', (stage, evaluated) => {
    expect(transient({ stage }).evaluated).toBe(evaluated);
  });

  it('a polluted prototype adds no facts', () => {
    Object.assign(Object.prototype, { retryable: true, account: 'polluted', cause: 'polluted' });
    try {
      const { code, provider, stage, reason, hint } = FACTS;
      const error = new OAuth2ClientError({ code, provider, stage, reason, hint });
      expect([error.retryable, error.account]).toEqual([false, undefined]);
      expect(Object.hasOwn(error, 'cause')).toBe(false);
    } finally {
      for (const name of ['retryable', 'account', 'cause']) {
        Reflect.deleteProperty(Object.prototype, name);
      }
    }
  });
});

describe('an error that is stored', () => {
  /** An error that counts how often its stack is read. */
  const counted = (cause?: unknown) => {
    const error = new Error('counted', { cause });
    const state = { reads: 0 };
    Object.defineProperty(error, 'stack', { get: () => `${++state.reads}` });
    return { error, state };
  };

  it('settleStack reads the stacks of an error and of all its causes', () => {
    const last = counted();
    const middle = counted(last.error);
    const first = counted(middle.error);
    settleStack(first.error);
    expect([first, middle, last].map(({ state }) => state.reads)).toEqual([1, 1, 1]);
  });

  it.each([undefined, null, 'text', { stack: 'text' }])('settleStack ignores %p', (value) => {
    expect(() => settleStack(value)).not.toThrow();
  });
});

describe('the kind of an error of another class', () => {
  it.each<[unknown, string]>([
    [new TypeError('s3cret'), 'TypeError'],
    ['s3cret', 'string'],
    [undefined, 'undefined'],
    [null, 'object'],
    [{ message: 's3cret' }, 'object'],
  ])('the kind of %p is %s', (error, kind) => {
    expect(kindOf(error)).toBe(kind);
  });
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

  it('the hint of the error of a caller names the seconds until the next attempt', () => {
    const { hint, message } = permanent({ hint: 'Check it.' }).forCaller(30);
    expect(hint).toBe('Check it. The next attempt is due in 30 s.');
    expect(message.endsWith(hint)).toBe(true);
  });

  it('the error of a caller has the label of its account', () => {
    const own = permanent({ retryAfter: 3 }).forCaller(undefined, 'ama');
    expect(own).toMatchObject({ account: 'ama', retryAfter: 3 });
    expect(own.message).toMatch(/^\[acme, account ama\] /);
    expect(own.forCaller(0).account).toBeUndefined();
  });

  it('the message names no next attempt if the next call may ask at once', () => {
    expect(permanent().forCaller(0).message).toBe(permanent().message);
  });
});

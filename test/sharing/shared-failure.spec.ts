import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { OAuth2ClientError } from '../../lib/core/errors.js';
import { rejection, settle } from '../support/collect.js';
import { permanent, transient } from '../support/failures.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const HERD = 1_000;

async function failedHerd(failure: unknown, count = HERD) {
  const bench = new ProviderBench();
  bench.source.onAsk = (ask) => ask.fail(failure);
  const { values, errors } = await settle(bench.herd(count));
  expect(values).toEqual([]);
  return { bench, errors: errors as OAuth2ClientError[] };
}

describe('the failure of a renewal', () => {
  it('a failed renewal fails all waiting callers after one request', async () => {
    const { bench, errors } = await failedHerd(transient());
    expect(errors).toHaveLength(HERD);
    expect(bench.source.asks).toHaveLength(1);
  });

  it('every caller gets an error of its own with the frozen failure as its cause', async () => {
    const failure = transient({ status: 502, error: 'bad', errorDescription: 'worse' });
    const { errors } = await failedHerd(failure);
    expect(new Set(errors).size).toBe(HERD);
    for (const error of errors) {
      expect(error).toBeInstanceOf(OAuth2ClientError);
      expect(error).toMatchObject({
        code: 'TOKEN_ENDPOINT_UNAVAILABLE',
        provider: 'acme',
        stage: 'token request',
        reason: failure.reason,
        status: 502,
        error: 'bad',
        errorDescription: 'worse',
        retryable: true,
      });
      expect(error.cause).toBe(failure);
    }
    expect(Object.isFrozen(failure)).toBe(true);
  });

  it('the shared failure does not grow when callers change their errors', async () => {
    const failure = transient();
    const before = inspect(failure).length;
    const { errors } = await failedHerd(failure);
    for (const error of errors) error.stack += '\n    at what axios appends';
    expect(inspect(failure).length - before).toBeLessThan(100);
    expect(failure.stack).not.toContain('axios appends');
    expect(errors[0]!.stack!.length).toBeLessThan(5_000);
  });

  it('every error names the seconds until the next attempt', async () => {
    const { errors } = await failedHerd(permanent(), 3);
    expect(errors.map(({ retryAfter }) => retryAfter)).toEqual([30, 30, 30]);
    expect(errors[0]!.message).toContain('30 s');
  });

  it('calls during the back-off fail with the known failure without a request', async () => {
    const { bench, errors } = await failedHerd(permanent(), 1);
    bench.clock.advance(29_999);
    const late = (await rejection(bench.token())) as OAuth2ClientError;
    expect(late.cause).toBe(errors[0]!.cause);
    expect(late).toMatchObject({ code: 'CREDENTIALS_REJECTED', retryAfter: 1 });
    expect(bench.source.asks).toHaveLength(1);
  });

  it('a failure is over after a successful request at the first permitted millisecond', async () => {
    const { bench } = await failedHerd(transient(), 1);
    bench.source.onAsk = (ask) => ask.grant();
    bench.clock.advance(999);
    await rejection(bench.token());
    expect(bench.source.asks).toHaveLength(1);
    bench.clock.advance(1);
    expect(await bench.token()).toBe('token-2');
  });

  it('a failed background renewal causes no unhandled rejection', async () => {
    const bench = new ProviderBench();
    await bench.token();
    bench.source.onAsk = (ask) => ask.fail(permanent());
    bench.clock.advance(3_500_000);
    for (let i = 0; i < HERD; i++) bench.provider.peek();
    await idle(); // jest fails this test for an unhandled rejection
    expect(bench.provider.status()).toMatchObject({ token: 'stale', failures: 1 });
  });

  it('a failed renewal without waiting callers causes no unhandled rejection', async () => {
    const bench = new ProviderBench();
    bench.source.holdAnswers();
    const controller = new AbortController();
    const waiting = settle([1, 2].map(() => bench.token({ signal: controller.signal })));
    await idle();
    controller.abort(new Error('gone'));
    bench.source.latest.fail(transient());
    expect((await waiting).errors).toHaveLength(2);
    await idle();
    expect(bench.eventTypes()).toEqual(['token.failed']);
  });
});

describe('an unexpected failure', () => {
  it.each<[string, unknown]>([
    ['an error of another class', new TypeError('s3cret-password in a message')],
    ['a string', 's3cret-password'],
    ['undefined', undefined],
    ['an object', { password: 's3cret-password' }],
  ])('%s becomes an OAuth2ClientError that quotes nothing of it', async (_what, thrown) => {
    const { errors } = await failedHerd(thrown, 1);
    expect(errors[0]).toBeInstanceOf(OAuth2ClientError);
    expect(errors[0]).toMatchObject({ provider: 'acme', stage: 'token request' });
    expect(inspect(errors[0], { depth: Infinity, showHidden: true })).not.toContain('s3cret');
  });

  it('an error of the source before the request causes a back-off', async () => {
    const bench = new ProviderBench();
    bench.source.onPrepare = () => {
      throw new RangeError('broken');
    };
    await rejection(bench.token());
    await rejection(bench.token());
    expect(bench.source.prepared).toHaveLength(1);
    bench.source.onPrepare = () => {};
    bench.clock.advance(1_000);
    expect(await bench.token()).toBe('token-1');
  });
});

describe('a listener that throws', () => {
  const listening = () =>
    new ProviderBench({
      emit: () => {
        throw new Error('the logger is broken');
      },
    });

  it('a listener that throws does not keep the token from the callers', async () => {
    const bench = listening();
    expect(await Promise.all(bench.herd(3))).toEqual(['token-1', 'token-1', 'token-1']);
    expect(bench.provider.status().failures).toBe(0);
  });

  it('a listener that throws does not replace the failure', async () => {
    const bench = listening();
    bench.source.onAsk = (ask) => ask.fail(permanent());
    expect(await rejection(bench.token())).toMatchObject({ code: 'CREDENTIALS_REJECTED' });
  });
});

import { describe, expect, it } from '@jest/globals';

import { rejection, settle } from '../support/collect.js';
import { permanent } from '../support/failures.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const DEADLINE = 10_000;

/** A provider whose first request hangs. */
async function hanging(callers: number) {
  const bench = new ProviderBench();
  bench.source.holdAnswers();
  const waiting = settle(bench.herd(callers));
  await idle();
  return { bench, waiting };
}

describe('a caller that aborts', () => {
  it('a caller that aborts is rejected at once with its own reason, and the others get their token', async () => {
    const { bench, waiting } = await hanging(3);
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    const impatient = rejection(bench.token({ signal: controller.signal }));
    await idle();
    controller.abort(reason);
    expect(await impatient).toBe(reason);
    bench.source.latest.grant();
    expect((await waiting).values).toEqual(['token-1', 'token-1', 'token-1']);
  });

  it('a caller that aborts does not end the renewal it started, and the next caller gets the token', async () => {
    const bench = new ProviderBench();
    bench.source.holdAnswers();
    const controller = new AbortController();
    const first = rejection(bench.token({ signal: controller.signal }));
    await idle();
    controller.abort();
    await first;
    expect(bench.source.latest.signal.aborted).toBe(false);
    bench.source.latest.grant();
    await idle();
    expect(await bench.token()).toBe('token-1');
    expect(bench.source.asks).toHaveLength(1);
  });

  it('a caller that aborts before its call starts nothing', async () => {
    const bench = new ProviderBench();
    const reason = new Error('too late');
    const signal = AbortSignal.abort(reason);
    expect(await rejection(bench.token({ signal }))).toBe(reason);
    expect(await rejection(bench.provider.renew('token', { signal }))).toBe(reason);
    await idle();
    expect(bench.source.prepared).toHaveLength(0);
  });

  it('a caller that aborts while it waits for a replacement is rejected at once', async () => {
    const bench = new ProviderBench();
    const rejected = await bench.provider.getToken();
    bench.source.holdAnswers();
    const controller = new AbortController();
    const renewal = rejection(bench.provider.renew(rejected, { signal: controller.signal }));
    await idle();
    controller.abort(new Error('gone'));
    expect(await renewal).toBe(controller.signal.reason);
  });

  it('a caller that aborts after it got its token changes nothing', async () => {
    const bench = new ProviderBench();
    const controller = new AbortController();
    expect(await bench.token({ signal: controller.signal })).toBe('token-1');
    controller.abort();
    await idle();
    expect(await bench.token()).toBe('token-1');
  });

  it('a call leaves no listener on a signal that is used again', async () => {
    const bench = new ProviderBench();
    const { signal } = new AbortController();
    let listeners = 0;
    const counted = new Proxy(signal, {
      get(target, name) {
        if (name === 'addEventListener') listeners++;
        if (name === 'removeEventListener') listeners--;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    bench.source.onAsk = (ask) => setImmediate(() => ask.grant({ expiresIn: 0 }));
    for (let i = 0; i < 20; i++) {
      await bench.token({ signal: counted });
      bench.clock.advance(1_000);
    }
    expect([bench.source.asks.length, listeners]).toEqual([20, 0]);
  });
});

describe('the deadline of a renewal', () => {
  it('the deadline of a renewal rejects all waiting callers on time and aborts the request', async () => {
    const { bench, waiting } = await hanging(1_000);
    bench.clock.advance(DEADLINE - 1);
    await idle();
    expect(bench.source.latest.signal.aborted).toBe(false);
    bench.clock.advance(1);
    const { values, errors } = await waiting;
    expect([values.length, errors.length]).toEqual([0, 1_000]);
    expect(errors[0]).toMatchObject({
      code: 'TOKEN_REQUEST_TIMEOUT',
      provider: 'acme',
      stage: 'token request',
      reason:
        'No token within the deadline of 10000 ms: the token endpoint did not answer in time.',
      hint: expect.stringContaining('Check `tokenEndpoint`'),
      retryable: true,
      evaluated: true,
      retryAfter: 1,
    });
    expect(bench.source.latest.signal.aborted).toBe(true);
    expect(bench.clock.pending).toBe(0);
  });

  it('the deadline covers the whole renewal, including the credentials', async () => {
    const bench = new ProviderBench();
    bench.source.onPrepare = () => new Promise(() => {});
    const waiting = rejection(bench.token());
    await idle();
    bench.clock.advance(DEADLINE);
    expect(await waiting).toMatchObject({
      code: 'TOKEN_REQUEST_TIMEOUT',
      stage: 'credentials',
      hint: expect.stringContaining('Check the service that the credential functions ask'),
      evaluated: false,
    });
  });

  it('the deadline is cancelled once the token is there', async () => {
    const bench = new ProviderBench();
    await bench.token();
    expect(bench.clock.pending).toBe(0);
  });

  it('the deadline of a background renewal does not end a stale token', async () => {
    const bench = new ProviderBench();
    await bench.token();
    bench.clock.advance(3_500_000);
    bench.source.holdAnswers();
    await bench.token();
    await idle();
    bench.clock.advance(DEADLINE);
    await idle();
    expect(await bench.token()).toBe('token-1');
    expect(bench.eventTypes()).toEqual(['token.obtained', 'token.failed']);
  });

  it('after the deadline the next caller tries again when the back-off ends', async () => {
    const { bench, waiting } = await hanging(1);
    bench.clock.advance(DEADLINE);
    await waiting;
    bench.source.onAsk = (ask) => ask.grant();
    bench.clock.advance(1_000);
    expect(await bench.token()).toBe('token-2');
  });
});

describe('a response that comes after the deadline', () => {
  it('a response after the deadline is not used', async () => {
    const { bench, waiting } = await hanging(1);
    bench.clock.advance(DEADLINE);
    await waiting;
    bench.source.latest.grant();
    await idle();
    expect(bench.provider.peek()).toBeUndefined();
    expect(bench.provider.status()).toMatchObject({ token: 'none', failures: 1 });
    expect(bench.eventTypes()).toEqual(['token.failed']);
  });

  it('a late response does not replace the newer token of a later renewal', async () => {
    const { bench, waiting } = await hanging(1);
    bench.clock.advance(DEADLINE);
    await waiting;
    bench.clock.advance(1_000);
    const [late] = bench.source.asks;
    bench.source.onAsk = (ask) => ask.grant();
    await bench.token();
    late!.grant();
    await idle();
    expect(await bench.token()).toBe('token-2');
  });

  it('a late response does not count the configured refresh token as used', async () => {
    const bench = new ProviderBench();
    bench.source.canLogInAgain = false;
    bench.source.configuredRefreshToken = 'configured';
    bench.source.holdAnswers();
    const first = rejection(bench.token());
    await idle();
    bench.clock.advance(DEADLINE);
    await first;
    bench.source.latest.grant();
    await idle();
    bench.clock.advance(1_000);
    bench.source.onAsk = (ask) => ask.grant();
    expect(await bench.token()).toBe('token-2');
  });

  it('a late response does not prove that an undocumented refresh is refused', async () => {
    const bench = new ProviderBench();
    bench.source.refreshDocumented = false;
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh' });
    await bench.token();
    bench.provider.invalidate();
    bench.source.onAsk = (ask) => ask.kind === 'login' || ask.fail(permanent());
    const abandoned = rejection(bench.token());
    await idle();
    bench.clock.advance(DEADLINE);
    await abandoned;
    bench.source.latest.grant();
    await idle();
    bench.clock.advance(1_000);
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: 'another' });
    await bench.token();
    bench.provider.invalidate();
    await bench.token();
    expect(bench.source.history.at(-1)).toBe('refresh another');
  });
});

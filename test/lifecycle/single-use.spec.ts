import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { rejection, settle } from '../support/collect.js';
import { permanent, transient } from '../support/failures.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

/** A provider of single-use tokens. It does not refresh, because each token is for one request. */
function singleUse(): ProviderBench {
  const bench = new ProviderBench({ singleUse: true });
  bench.source.refreshes = false;
  return bench;
}

const target = { subject: 'ama' };

describe('a single-use token', () => {
  it('a single-use token is gone after the first call', async () => {
    const bench = singleUse();
    expect(await bench.token()).toBe('token-1');
    expect(bench.provider.peek()).toBeUndefined();
    expect(await bench.token()).toBe('token-2');
    expect(bench.provider.status()).toMatchObject({ token: 'none', failures: 0 });
  });

  it('concurrent calls each get a single-use token of their own', async () => {
    const bench = singleUse();
    const calls = Array.from({ length: 50 }, () => bench.token(target));
    const tokens = await Promise.all(calls);
    expect(new Set(tokens).size).toBe(50);
    expect(bench.source.asks).toHaveLength(50);
  });

  it('each call gets a single-use token of its own in any order of the responses', async () => {
    const orders = fc
      .integer({ min: 1, max: 12 })
      .chain((n) => fc.shuffledSubarray([...Array(n).keys()], { minLength: n, maxLength: n }));
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        const bench = singleUse();
        bench.source.holdAnswers();
        const calls = order.map(() => bench.token(target));
        await idle();
        for (const i of order) {
          bench.source.asks[i]!.grant();
          await idle();
        }
        const expected = order.map((i) => `token-${i + 1}`);
        expect((await Promise.all(calls)).sort()).toEqual(expected.sort());
      }),
      { numRuns: 50 },
    );
  });

  it('a call at the moment of the response gets another single-use token', async () => {
    for (let ticks = 0; ticks < 30; ticks++) {
      const bench = singleUse();
      bench.source.holdAnswers();
      const first = bench.token();
      await idle();
      bench.source.onAsk = (ask) => ask.grant();
      bench.source.latest.grant();
      for (let i = 0; i < ticks; i++) await Promise.resolve();
      expect(bench.provider.peek()).toBeUndefined();
      expect([ticks, await bench.token(), await first]).toEqual([ticks, 'token-2', 'token-1']);
    }
  });

  it('a retry and a first call never get the same single-use token', async () => {
    for (let ticks = 0; ticks < 30; ticks++) {
      const bench = new ProviderBench({ singleUse: true });
      bench.source.holdAnswers();
      const first = bench.token();
      await idle();
      bench.source.onAsk = (ask) => ask.grant();
      bench.source.latest.grant();
      for (let i = 0; i < ticks; i++) await Promise.resolve();
      const { accessToken } = await bench.provider.renew('token-of-another-request');
      expect([ticks, accessToken]).not.toEqual([ticks, await first]);
    }
  });

  it('each 401 obtains another single-use token', async () => {
    const bench = singleUse();
    const first = await bench.token();
    const second = await bench.provider.renew(first);
    const third = await bench.provider.renew(second);
    expect([second.accessToken, third.accessToken]).toEqual(['token-2', 'token-3']);
    expect(bench.eventTypes()).not.toContain('token.rejected');
  });
});

describe('a vendor of single-use tokens that fails', () => {
  it('a failed vendor is not asked during the back-off, even after a 401', async () => {
    const bench = singleUse();
    const token = await bench.token();
    bench.source.onAsk = (ask) => ask.fail(transient());
    await rejection(bench.token());
    const held = await settle<unknown>([...bench.herd(10), bench.provider.renew(token)]);
    expect(held.errors).toHaveLength(11);
    for (const error of held.errors) {
      expect(error).toMatchObject({ code: 'TOKEN_ENDPOINT_UNAVAILABLE', retryAfter: 1 });
    }
    expect(bench.source.asks).toHaveLength(2);
    expect(bench.source.prepared).toHaveLength(2); // the credentials are not resolved either
    bench.clock.advance(1_000);
    bench.source.onAsk = (ask) => ask.grant();
    expect(await bench.token()).toBe('token-3');
    expect(bench.provider.status()).toMatchObject({ failures: 0, retryAfter: 0 });
  });

  it('concurrent failures of one outage count once', async () => {
    const bench = new ProviderBench({ singleUse: true });
    bench.source.holdAnswers();
    const calls = settle(Array.from({ length: 20 }, () => bench.token(target)));
    await idle();
    expect(bench.source.asks).toHaveLength(20);
    for (const ask of bench.source.asks) ask.fail(transient());
    await calls;
    expect(bench.provider.status(target)).toMatchObject({ failures: 1, retryAfter: 1 });
  });

  it('a provider of single-use tokens looks for new credentials after a refusal', async () => {
    const bench = singleUse();
    bench.source.credentialsMayChange = true;
    bench.source.onAsk = (ask) => ask.fail(permanent());
    await rejection(bench.token());
    bench.source.accountKey = 'account with new credentials';
    bench.source.onAsk = (ask) => ask.grant();
    bench.clock.advance(1_000);
    expect(await bench.token()).toBe('token-2');
  });

  it('each caller of a single-use provider gets an error of its own', async () => {
    const bench = singleUse();
    bench.source.onAsk = (ask) => ask.fail(transient());
    const { errors } = await settle(bench.herd(5));
    expect(new Set(errors).size).toBe(5);
  });
});

describe('an aborted call for a single-use token', () => {
  it('nobody else gets the single-use token of an aborted call', async () => {
    const bench = singleUse();
    bench.source.holdAnswers();
    const controller = new AbortController();
    const call = rejection(bench.provider.getToken({ signal: controller.signal }));
    await idle();
    controller.abort(new Error('no time'));
    expect(await call).toMatchObject({ message: 'no time' });
    bench.source.latest.grant();
    await idle();
    bench.source.onAsk = (ask) => ask.grant();
    expect(await bench.token()).toBe('token-2');
  });
});

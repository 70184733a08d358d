import { describe, expect, it } from '@jest/globals';

import { rejection } from '../support/collect.js';
import { transient } from '../support/failures.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const HERD = 1_000;

/** A provider with a fresh token, `token-1`. */
async function withToken(): Promise<ProviderBench> {
  const bench = new ProviderBench();
  await bench.token();
  return bench;
}

async function renewed(bench: ProviderBench, rejected: string): Promise<string> {
  return (await bench.provider.renew(rejected)).accessToken;
}

describe('a token that the API rejects', () => {
  it('one request replaces a rejected token for all callers', async () => {
    const bench = await withToken();
    const tokens = await Promise.all(Array.from({ length: HERD }, () => renewed(bench, 'token-1')));
    expect(new Set(tokens)).toEqual(new Set(['token-2']));
    expect(bench.source.asks).toHaveLength(2);
  });

  it('a rejected token may be named by its token set or by the token itself', async () => {
    const bench = await withToken();
    const rejected = await bench.provider.getToken();
    expect((await bench.provider.renew(rejected)).accessToken).toBe('token-2');
  });

  it('nobody gets a rejected token while it is renewed', async () => {
    const bench = await withToken();
    bench.source.holdAnswers();
    const renewal = renewed(bench, 'token-1');
    expect(bench.provider.peek()).toBeUndefined();
    const other = bench.token();
    await idle();
    bench.source.latest.grant();
    expect(await Promise.all([renewal, other])).toEqual(['token-2', 'token-2']);
    expect(bench.source.asks).toHaveLength(2);
  });

  it('a late rejection of an old token gets the current token without a request', async () => {
    const bench = await withToken();
    await renewed(bench, 'token-1');
    bench.clock.advance(20_000);
    const late = await Promise.all(Array.from({ length: HERD }, () => renewed(bench, 'token-1')));
    expect(new Set(late)).toEqual(new Set(['token-2']));
    expect(bench.source.asks).toHaveLength(2);
  });

  it('a rejection joins the renewal that is already in progress', async () => {
    const bench = await withToken();
    bench.clock.advance(3_500_000);
    bench.source.holdAnswers();
    await bench.token();
    await idle();
    const renewal = renewed(bench, 'token-1');
    expect(bench.provider.peek()).toBeUndefined();
    await idle();
    bench.source.latest.grant();
    expect(await renewal).toBe('token-2');
    expect(bench.source.asks).toHaveLength(2);
  });

  it('the rejection of an expired token starts an ordinary renewal', async () => {
    const bench = await withToken();
    bench.clock.advance(3_600_000);
    expect(await renewed(bench, 'token-1')).toBe('token-2');
    expect(await renewed(bench, 'token-2')).toBe('token-3'); // not held up by an interval
  });

  it('one event reports a rejected token', async () => {
    const bench = await withToken();
    await Promise.all([renewed(bench, 'token-1'), renewed(bench, 'token-1')]);
    expect(bench.eventTypes()).toEqual(['token.obtained', 'token.rejected', 'token.obtained']);
  });

  it('nobody gets a rejected token again after its renewal fails', async () => {
    const bench = await withToken();
    bench.source.onAsk = (ask) => ask.fail(transient());
    expect(await rejection(renewed(bench, 'token-1'))).toMatchObject({ provider: 'acme' });
    expect(bench.provider.peek()).toBeUndefined();
    expect(await rejection(bench.token())).toMatchObject({ retryAfter: 1 });
    expect(bench.source.asks).toHaveLength(2);
  });
});

describe('an API that rejects every token', () => {
  it('rejections force one renewal in 10 seconds, to the millisecond', async () => {
    const bench = await withToken();
    expect(await renewed(bench, 'token-1')).toBe('token-2');
    bench.clock.advance(9_999);
    expect(await renewed(bench, 'token-2')).toBe('token-2');
    bench.clock.advance(1);
    expect(await renewed(bench, 'token-2')).toBe('token-3');
  });

  it('1,000 rejected calls a second cause one token request in 10 seconds', async () => {
    const bench = await withToken();
    let token = 'token-1';
    for (let second = 0; second < 60; second++) {
      const calls = Array.from({ length: HERD }, () => renewed(bench, token));
      token = (await Promise.all(calls))[0]!;
      bench.clock.advance(1_000);
    }
    expect(bench.source.asks.length).toBeLessThanOrEqual(1 + 6);
  });

  it('a vendor that returns the same token at every login causes no loop', async () => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) => ask.grant({ accessToken: 'same' });
    await bench.token();
    expect(await renewed(bench, 'same')).toBe('same');
    expect(await renewed(bench, 'same')).toBe('same');
    expect(bench.source.asks).toHaveLength(2);
  });

  it('each rejected caller gets an error of its own when the background renewal fails', async () => {
    const bench = await withToken();
    bench.source.onAsk = (ask) => ask.grant({ expiresIn: 10 });
    await renewed(bench, 'token-1');
    bench.clock.advance(8_500);
    bench.source.holdAnswers();
    await bench.token(); // is stale, and renewed in the background
    await idle();
    const calls = [1, 2].map(() => rejection(renewed(bench, 'token-2')));
    await idle();
    bench.source.latest.fail(transient());
    const [one, other] = await Promise.all(calls);
    expect(one).toMatchObject({ code: 'TOKEN_ENDPOINT_UNAVAILABLE', retryAfter: 3 });
    expect(one).not.toBe(other);
  });

  it('each account has its own interval between forced renewals', async () => {
    const bench = new ProviderBench();
    for (const subject of ['ama', 'kofi']) {
      const rejected = await bench.provider.getToken({ subject });
      await bench.provider.renew(rejected, { subject });
    }
    expect(bench.source.asks.map(({ target }) => target.subject)).toEqual([
      'ama',
      'ama',
      'kofi',
      'kofi',
    ]);
  });
});

describe('an invalidated token', () => {
  it('after `invalidate` nobody gets the token and the next call obtains another one', async () => {
    const bench = await withToken();
    bench.provider.invalidate();
    expect(bench.provider.peek()).toBeUndefined();
    expect(bench.provider.status()).toMatchObject({ token: 'none', expiresAt: undefined });
    expect(bench.source.asks).toHaveLength(1); // no request by itself
    expect(await bench.token()).toBe('token-2');
  });

  it('after `invalidate` the refresh token obtains the next token', async () => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh' });
    await bench.token();
    bench.provider.invalidate();
    await bench.token();
    expect(bench.source.history).toEqual(['login', 'refresh refresh']);
  });

  it('`invalidate` leaves the tokens of other accounts alone', async () => {
    const bench = await withToken();
    await bench.token({ subject: 'ama' });
    bench.provider.invalidate({ subject: 'ama' });
    expect(bench.provider.peek()?.accessToken).toBe('token-1');
    expect(bench.provider.peek({ subject: 'ama' })).toBeUndefined();
  });

  it('`invalidate` before the first token does nothing', async () => {
    const bench = new ProviderBench();
    bench.provider.invalidate();
    expect(await bench.token()).toBe('token-1');
  });
});

import { describe, expect, it } from '@jest/globals';

import { MemoryTokenStore } from '../../lib/stores/memory.js';
import { rejection } from '../support/collect.js';
import { permanent, transient, unevaluated } from '../support/failures.js';
import { HastyClock, ManualClock } from '../support/manual-clock.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const HOUR = 3_600_000;

/** A provider whose login brought the refresh token `refresh-1`, and whose access token is expired. */
async function withRefreshToken(clock = new ManualClock()): Promise<ProviderBench> {
  const bench = new ProviderBench({ clock });
  bench.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh-1' });
  await bench.token();
  bench.clock.advance(HOUR);
  bench.source.onAsk = (ask) => ask.grant();
  return bench;
}

describe('a refresh token', () => {
  it('a refresh token renews the access token without a login', async () => {
    const bench = await withRefreshToken();
    expect(await bench.token()).toBe('token-2');
    expect(bench.source.history).toEqual(['login', 'refresh refresh-1']);
    expect(bench.events.at(-1)).toMatchObject({ type: 'token.obtained', by: 'refresh' });
  });

  it('the refresh token of the response replaces the old one, which is never sent again', async () => {
    const bench = await withRefreshToken();
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: `refresh-${ask.number}` });
    for (let i = 0; i < 3; i++) {
      await bench.token();
      bench.clock.advance(HOUR);
    }
    expect(bench.source.history).toEqual([
      'login',
      'refresh refresh-1',
      'refresh refresh-2',
      'refresh refresh-3',
    ]);
  });

  it('a refresh token stays in use if the response has none', async () => {
    const bench = await withRefreshToken();
    for (let i = 0; i < 2; i++) {
      await bench.token();
      expect((await bench.provider.getToken()).refreshToken).toBe('refresh-1');
      bench.clock.advance(HOUR);
    }
    expect(bench.source.history).toEqual(['login', 'refresh refresh-1', 'refresh refresh-1']);
  });

  it('a refresh token stays in use when its access token is invalidated or rejected', async () => {
    const bench = await withRefreshToken();
    bench.provider.invalidate();
    const tokens = await bench.provider.getToken();
    await bench.provider.renew(tokens);
    expect(bench.source.history).toEqual(['login', 'refresh refresh-1', 'refresh refresh-1']);
  });

  it('a refresh token is not sent if the provider does not refresh', async () => {
    const bench = await withRefreshToken();
    bench.source.refreshes = false;
    await bench.token();
    expect(bench.source.history).toEqual(['login', 'login']);
  });

  it('a refresh token is not sent with other credentials than it was obtained with', async () => {
    for (const store of [undefined, new MemoryTokenStore()]) {
      const bench = new ProviderBench({ store });
      bench.source.onAsk = (ask) => ask.grant({ refreshToken: `refresh-${ask.number}` });
      await bench.token();
      bench.source.accountKey = 'account with other credentials';
      for (let n = 0; n < 2; n++) {
        bench.clock.advance(HOUR);
        await bench.token();
      }
      expect(bench.source.history).toEqual(['login', 'login', 'refresh refresh-2']);
    }
  });

  it('a refresh token of one account is not sent for another', async () => {
    const bench = await withRefreshToken();
    await bench.token({ subject: 'ama' });
    expect(bench.source.history).toEqual(['login', 'login']);
  });
});

describe('a refresh that is refused', () => {
  it('a refused refresh becomes a login in the same call', async () => {
    const bench = await withRefreshToken();
    const refusal = permanent();
    bench.source.onAsk = (ask) => (ask.kind === 'refresh' ? ask.fail(refusal) : ask.grant());
    expect(await bench.token()).toBe('token-3');
    expect(bench.source.history).toEqual(['login', 'refresh refresh-1', 'login']);
    expect(bench.provider.status()).toMatchObject({ failures: 0, token: 'fresh' });
    expect(bench.changes.slice(1)).toMatchObject([
      { type: 'refresh.failed', error: refusal },
      { type: 'token.obtained', by: 'login' },
    ]);
  });

  it('a login after a refused refresh ends the old refresh token', async () => {
    const bench = await withRefreshToken();
    bench.source.onAsk = (ask) => (ask.kind === 'refresh' ? ask.fail(permanent()) : ask.grant());
    expect((await bench.provider.getToken()).refreshToken).toBeUndefined();
    bench.clock.advance(HOUR);
    await bench.token();
    expect(bench.source.history.slice(3)).toEqual(['login']);
  });

  it('a call fails with the reason of the login if both refresh and login fail', async () => {
    const bench = await withRefreshToken();
    const reason = permanent({ reason: 'The password is wrong.' });
    bench.source.onAsk = (ask) => ask.fail(ask.kind === 'login' ? reason : permanent());
    expect(await rejection(bench.token())).toMatchObject({ cause: reason });
  });

  it('each new refresh token is tried if the vendor documents refreshing', async () => {
    const bench = await withRefreshToken();
    bench.source.onAsk = (ask) =>
      ask.kind === 'refresh' ? ask.fail(permanent()) : ask.grant({ refreshToken: 'refresh-2' });
    await bench.token();
    bench.clock.advance(HOUR);
    await bench.token();
    expect(bench.source.history.slice(1)).toEqual([
      'refresh refresh-1',
      'login',
      'refresh refresh-2',
      'login',
    ]);
  });
});

describe('a refresh that fails without evidence against the refresh token', () => {
  const unreachable = () => unevaluated({ code: 'TOKEN_ENDPOINT_UNREACHABLE', status: undefined });

  it.each([
    ['a server error', transient()],
    ['a refusal of another kind', permanent({ error: 'invalid_request', grantRefused: false })],
    ['a 503 that names no time', unevaluated()],
  ])('a refresh that fails with %s becomes a login in the same renewal', async (_what, failure) => {
    const bench = await withRefreshToken(new HastyClock());
    bench.source.onAsk = (ask) => (ask.kind === 'refresh' ? ask.fail(failure) : ask.grant());
    await bench.token();
    const [, ...asked] = bench.source.history;
    expect(asked.at(-1)).toBe('login');
    expect(new Set(asked.slice(0, -1))).toEqual(new Set(['refresh refresh-1']));
  });

  it.each([
    ['an unreachable endpoint', unreachable()],
    ['a 429', unevaluated({ code: 'THROTTLED', status: 429 })],
    ['a 503 with Retry-After', unevaluated({ retryAfter: 1 })],
  ])('only the next renewal logs in after a refresh that fails with %s', async (_what, failure) => {
    const bench = await withRefreshToken(new HastyClock());
    bench.source.onAsk = (ask) => (ask.kind === 'refresh' ? ask.fail(failure) : ask.grant());
    expect(await rejection(bench.token())).toMatchObject({ cause: failure });
    expect(bench.source.history.slice(1)).not.toContain('login');
    bench.clock.advance(1_000);
    await bench.token();
    expect(bench.source.history.slice(-2)).toEqual(['refresh refresh-1', 'login']);
  });

  it('the same refresh token is sent again after a temporary failure', async () => {
    const bench = await withRefreshToken(new HastyClock());
    bench.source.onAsk = (ask) => ask.fail(unreachable());
    await rejection(bench.token());
    bench.clock.advance(1_000);
    bench.source.onAsk = (ask) => ask.grant();
    await bench.token();
    expect(new Set(bench.source.history.slice(1))).toEqual(new Set(['refresh refresh-1']));
  });

  it('the back-off limits the logins while refresh and login fail', async () => {
    const bench = await withRefreshToken();
    bench.source.onAsk = (ask) => ask.fail(ask.kind === 'login' ? permanent() : transient());
    for (let second = 0; second < 3_600; second += 10) {
      await rejection(bench.token());
      bench.clock.advance(10_000);
    }
    const logins = bench.source.history.slice(1).filter((ask) => ask === 'login');
    expect(logins).toHaveLength(15);
  });

  it('a refresh that hangs leaves half of the time for the login', async () => {
    const bench = await withRefreshToken();
    bench.source.onAsk = (ask) => (ask.kind === 'refresh' ? undefined : ask.grant());
    const first = rejection(bench.token());
    await idle();
    bench.clock.advance(10_000);
    expect(await first).toMatchObject({ code: 'TOKEN_REQUEST_TIMEOUT' });
    bench.clock.advance(1_000);
    const second = bench.token();
    await idle();
    bench.clock.advance(5_000);
    expect(await second).toBe('token-4');
  });
});

describe('a token that is invalidated while it is renewed', () => {
  it('a renewal that is running during `invalidate` brings no usable token', async () => {
    const bench = new ProviderBench();
    bench.source.holdAnswers();
    const waiting = bench.token();
    await idle();
    bench.provider.invalidate();
    bench.source.latest.grant();
    expect(await waiting).toBe('token-1');
    expect(bench.provider.peek()).toBeUndefined();
    bench.source.onAsk = (ask) => ask.grant();
    expect(await bench.token()).toBe('token-2');
  });
});

describe('a refresh that the vendor does not document', () => {
  async function undocumented(): Promise<ProviderBench> {
    const bench = await withRefreshToken();
    bench.source.refreshDocumented = false;
    bench.source.onAsk = (ask) =>
      ask.kind === 'refresh' ? ask.fail(permanent()) : ask.grant({ refreshToken: 'refresh-2' });
    return bench;
  }

  it.each([
    ['a refusal', permanent()],
    ['a server error', transient()],
    ['another refusal', permanent({ error: 'invalid_request', grantRefused: false })],
  ])(
    'an undocumented refresh is not tried again after %s and a successful login',
    async (_what, failure) => {
      const bench = await undocumented();
      bench.source.onAsk = (ask) =>
        ask.kind === 'refresh' ? ask.fail(failure) : ask.grant({ refreshToken: 'refresh-2' });
      for (let i = 0; i < 4; i++) {
        await bench.token();
        bench.clock.advance(HOUR);
      }
      expect(bench.source.history.slice(1)).toEqual([
        'refresh refresh-1',
        'login',
        'login',
        'login',
        'login',
      ]);
    },
  );

  it('an undocumented refresh that has worked before is tried again after a failure', async () => {
    const bench = await undocumented();
    bench.source.onAsk = (ask) =>
      ask.number === 3
        ? ask.fail(permanent())
        : ask.grant({ refreshToken: `refresh-${ask.number}` });
    for (let i = 0; i < 3; i++) {
      await bench.token();
      bench.clock.advance(HOUR);
    }
    expect(bench.source.history.slice(1)).toEqual([
      'refresh refresh-1',
      'refresh refresh-2',
      'login',
      'refresh refresh-4',
    ]);
  });

  it('an undocumented refresh is tried again if the login failed, too', async () => {
    const bench = await undocumented();
    bench.source.onAsk = (ask) => ask.fail(permanent());
    await rejection(bench.token());
    bench.clock.advance(30_000);
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh-2' });
    await bench.token();
    bench.clock.advance(HOUR);
    await bench.token();
    expect(bench.source.history.at(-1)).toBe('refresh refresh-2');
  });

  it('each account decides for itself whether an undocumented refresh works', async () => {
    const bench = await undocumented();
    await bench.token();
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh-ama' });
    await bench.token({ subject: 'ama' });
    bench.clock.advance(HOUR);
    await bench.token({ subject: 'ama' });
    expect(bench.source.history.at(-1)).toBe('refresh refresh-ama');
  });
});

describe('a stale token with a refresh token', () => {
  it('a refresh token renews a stale token in the background', async () => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh-1' });
    await bench.token();
    bench.clock.advance(HOUR - 60_000);
    expect(await bench.token()).toBe('token-1');
    await idle();
    expect(await bench.token()).toBe('token-2');
    expect(bench.source.history).toEqual(['login', 'refresh refresh-1']);
  });
});

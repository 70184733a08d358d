import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { lifeOf } from '../../lib/account/freshness.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const HOUR = 3_600_000;

/** The age in seconds at which a token of one hour is renewed in the background. */
async function renewedAfter(bench: ProviderBench): Promise<number> {
  await bench.token();
  for (let second = 0; second < 3_600; second += 30) {
    await bench.token();
    await idle();
    if (bench.source.asks.length > 1) return second;
    bench.clock.advance(30_000);
  }
  return NaN;
}

describe('the refresh window', () => {
  it.each([
    [0.5, 1_800],
    [0.25, 2_700],
    [0.9, 360],
  ])(
    'the refresh window is the share of the life that the definition says, %d',
    async (refreshWindow, seconds) => {
      expect(await renewedAfter(new ProviderBench({ refreshWindow }))).toBe(seconds);
    },
  );

  it('a token with a refresh window of 0 is renewed when it has expired', async () => {
    const bench = new ProviderBench({ refreshWindow: 0 });
    await bench.token();
    bench.clock.advance(HOUR - 5_001);
    expect(bench.provider.status().token).toBe('fresh');
    bench.clock.advance(1);
    expect(bench.provider.status().token).toBe('expired');
  });

  it('the refresh window begins when the vendor wishes', async () => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) => ask.grant({ refreshAt: ask.startedAt.wall + HOUR / 2 });
    expect(await renewedAfter(bench)).toBe(1_800);
  });

  it('the refresh window of the definition has precedence over the wish of the vendor', async () => {
    const bench = new ProviderBench({ refreshWindow: 0.25 });
    bench.source.onAsk = (ask) => ask.grant({ refreshAt: ask.startedAt.wall + HOUR / 2 });
    expect(await renewedAfter(bench)).toBe(2_700);
  });

  it.each([
    ['after the end of the token', 2 * HOUR],
    ['before it was granted', -HOUR],
  ])('a renewal that the vendor wishes %s makes no loop', async (_what, offset) => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) => ask.grant({ refreshAt: ask.startedAt.wall + offset });
    for (let i = 0; i < 100; i++) {
      await bench.token();
      await idle();
      bench.clock.advance(100);
    }
    expect(bench.source.asks.length).toBeLessThanOrEqual(10);
  });

  it('any wishes make finite windows in their order', () => {
    const start = { wall: 1_700_000_000_000, monotonic: 5_000 };
    const instants = fc.option(
      fc.oneof(fc.integer({ min: 0, max: 8.64e15 }), fc.constantFrom(Infinity, -Infinity, 1e300)),
      { nil: undefined },
    );
    const share = fc.option(fc.double({ min: 0, max: 0.9, noNaN: true }), { nil: undefined });
    const chance = fc.double({ min: 0, max: 1, noNaN: true });
    const expiry = fc.integer({ min: 0, max: 8.64e15 });
    fc.assert(
      fc.property(
        expiry,
        chance,
        instants,
        share,
        (expiresAt, random, refreshAt, refreshWindow) => {
          const life = lifeOf(expiresAt, start, start, random, { refreshAt, refreshWindow });
          expect(Number.isFinite(life.staleAfter) && Number.isFinite(life.expiredAfter)).toBe(true);
          expect(life.staleAfter).toBeLessThanOrEqual(life.expiredAfter);
          expect(life.staleAfter).toBeGreaterThanOrEqual(1_000);
        },
      ),
    );
  });
});

describe('a refresh token with an end', () => {
  const bench = () => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) =>
      ask.grant({ refreshToken: 'refresh', refreshExpiresAt: ask.startedAt.wall + 2 * HOUR });
    return bench;
  };

  it('a refresh token is used until its end', async () => {
    const provider = bench();
    await provider.token();
    provider.clock.advance(2 * HOUR - 1);
    await provider.token();
    expect(provider.source.history).toEqual(['login', 'refresh refresh']);
  });

  it('a refresh token is not sent after its end', async () => {
    const provider = bench();
    await provider.token();
    provider.clock.advance(2 * HOUR);
    await provider.token();
    expect(provider.source.history).toEqual(['login', 'login']);
  });
});

describe('a refresh token that ends with the access token or before', () => {
  /** A provider whose access tokens live an hour and whose refresh tokens live for `refreshSeconds`. */
  function benchOf(refreshSeconds: number, hasLogin: boolean, refreshWindow?: number) {
    const bench = new ProviderBench({ refreshWindow });
    const { source } = bench;
    source.canLogInAgain = hasLogin;
    if (!hasLogin) source.configuredRefreshToken = 'configured';
    source.onAsk = (ask) =>
      ask.grant({
        refreshToken: `refresh-${ask.number}`,
        refreshExpiresAt: ask.startedAt.wall + refreshSeconds * 1_000,
      });
    return bench;
  }

  it.each([
    [3_600, 3_480],
    [1_800, 1_680],
    [600, 480],
  ])('a refresh token of %d s is used in time if there is no login', async (seconds, renewed) => {
    const bench = benchOf(seconds, false);
    expect(await renewedAfter(bench)).toBe(renewed);
  });

  it.each([3_600, 1_000, 300, 30])(
    'a refresh token of %d s keeps an account without a login alive for a day',
    async (seconds) => {
      const bench = benchOf(seconds, false);
      for (let ms = 0; ms < 24 * HOUR; ms += 5_000) {
        await bench.token();
        if (bench.provider.status().renewing) await idle();
        bench.clock.advance(5_000);
      }
      expect(bench.eventTypes()).not.toContain('token.failed');
      expect(bench.eventTypes()).not.toContain('refresh_token.ends_unused');
    },
  );

  it('a short refresh token is used in time although the definition wants no early renewal', async () => {
    expect(await renewedAfter(benchOf(3_600, false, 0))).toBe(3_480);
  });

  it('a refresh token that lives at least half as long as the access token saves the login', async () => {
    const bench = benchOf(3_000, true);
    expect(await renewedAfter(bench)).toBe(2_880);
    expect(bench.source.history).toEqual(['login', 'refresh refresh-1']);
  });

  it('a refresh token that lives much shorter causes no renewal if there is a login', async () => {
    const bench = benchOf(600, true);
    expect(await renewedAfter(bench)).toBe(3_480);
    expect(bench.source.history).toEqual(['login', 'login']);
  });

  it('an event reports once that a refresh token ends before it can be used', async () => {
    const bench = benchOf(1, false);
    for (let i = 0; i < 3; i++) {
      await bench.token();
      bench.source.configuredRefreshToken = `configured-${i}`;
      bench.clock.advance(HOUR);
    }
    const reports = bench.eventTypes().filter((type) => type === 'refresh_token.ends_unused');
    expect([reports.length, bench.source.asks.length]).toEqual([1, 3]);
  });

  it('no event reports a short refresh token if there is a login', async () => {
    const bench = benchOf(1, true);
    await bench.token();
    expect(bench.eventTypes()).toEqual(['token.obtained']);
  });
});

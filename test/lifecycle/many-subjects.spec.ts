import { describe, expect, it } from '@jest/globals';

import { RefreshTokenFamilies } from '../../lib/account/refresh-token-family.js';
import { TokenProvider } from '../../lib/lifecycle/token-provider.js';
import { TokenSet } from '../../lib/core/token-set.js';
import type { TokenSource } from '../../lib/core/token-source.js';
import { ManualClock } from '../support/manual-clock.js';

const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[numbers.length >> 1]!;

describe('a hundred thousand subjects', () => {
  const COUNT = 100_000;
  const LIMIT = 1_000; // the default of 10,000 would show the same and take three times as long

  /** A source that responds at once and stores nothing, so that the test measures the provider alone. */
  function quick(clock: ManualClock): TokenSource & { asked: number } {
    const run = async () => {
      source.asked++;
      const accessToken = `token-${source.asked}`;
      return new TokenSet({ accessToken, refreshToken: 'r', expiresAt: clock.now() + 3_600_000 });
    };
    const policy = { evaluations: 1 };
    const source: TokenSource & { asked: number } = {
      asked: 0,
      refreshDocumented: true,
      canLogInAgain: true,
      credentialsMayChange: false,
      prepare: async ({ subject }) => ({
        accountKey: subject ?? '',
        refreshTokenKey: (refreshToken) => refreshToken,
        login: { policy, run },
      }),
    };
    return source;
  }

  const providerOf = (clock: ManualClock, source: TokenSource) =>
    new TokenProvider({
      name: 'acme',
      source,
      clock,
      random: () => 0,
      emit: () => {},
      deadline: 10_000,
      forcedRenewalInterval: 10_000,
      accountLimit: LIMIT,
      families: new RefreshTokenFamilies(),
    });

  it('a hundred thousand subjects leave the newest accounts, no timer and no slowdown', async () => {
    const clock = new ManualClock();
    const source = quick(clock);
    const provider = providerOf(clock, source);
    const times: number[] = [];
    for (let i = 0; i < COUNT; i += 100) {
      const begun = performance.now();
      const batch = Array.from({ length: 100 }, (_, j) => provider.for(`subject-${i + j}`));
      await Promise.all(batch.map((tokens) => tokens.getToken()));
      times.push(performance.now() - begun);
    }
    expect(source.asked).toBe(COUNT);
    expect(clock.pending).toBe(0);
    // Medians, because the machine may be busy. A time that grows with the number of subjects would be many times longer.
    const [first, last] = [times.slice(10, 110), times.slice(-100)].map(median);
    expect(last! / first!).toBeLessThan(5);
    const kept = Array.from({ length: COUNT }, (_, i) => provider.for(`subject-${i}`).peek());
    expect(kept.filter((tokens) => tokens !== undefined)).toHaveLength(LIMIT);
    expect(kept.slice(-LIMIT)).not.toContain(undefined);
  }, 60_000);

  it('accounts within the limit stay in memory', async () => {
    const clock = new ManualClock();
    const source = quick(clock);
    const provider = providerOf(clock, source);
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < LIMIT; i++) await provider.for(`subject-${i}`).getToken();
    }
    expect(source.asked).toBe(LIMIT);
  });
});

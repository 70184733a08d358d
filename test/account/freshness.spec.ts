import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { instant } from '../../lib/util/clock.js';
import { freshnessOf } from '../../lib/account/account.js';
import { endsUnused, lifeOf, type Freshness } from '../../lib/account/freshness.js';
import { TokenSet } from '../../lib/core/token-set.js';
import { ManualClock } from '../support/manual-clock.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The life of a token that was granted `lifetime` ms and arrived `latency` ms after the request. */
function lifeOn(clock: ManualClock, lifetime: number, { random = 0, latency = 0 } = {}) {
  const start = instant(clock);
  clock.advance(latency);
  return lifeOf(start.wall + lifetime, start, instant(clock), random);
}

/** Freshness of a token of `lifetime` ms at the given ages. */
function at(lifetime: number, ...ages: number[]): Freshness[] {
  return ages.map((age) => {
    const clock = new ManualClock();
    const life = lifeOn(clock, lifetime);
    clock.advance(age);
    return freshnessOf(life, clock);
  });
}

describe('the refresh window', () => {
  it.each([
    ['the last 120 s of an hour', HOUR, HOUR - 120 * SECOND],
    ['the last 20 % of five minutes', 5 * MINUTE, 4 * MINUTE],
    ['the last 120 s of ten minutes, where both rules agree', 10 * MINUTE, 8 * MINUTE],
    ['the last 120 s of a year', 365 * DAY, 365 * DAY - 120 * SECOND],
  ])('the refresh window is %s, to the millisecond', (_what, lifetime, begins) => {
    expect(at(lifetime, 0, begins - 1, begins, begins + 1)).toEqual([
      'fresh',
      'fresh',
      'stale',
      'stale',
    ]);
  });

  it('the refresh window begins up to 10 % earlier at random', () => {
    const begins = (random: number) => lifeOn(new ManualClock(), HOUR, { random }).staleAfter;
    expect([begins(0), begins(0.5), begins(1)]).toEqual([
      HOUR - 120 * SECOND,
      HOUR - 126 * SECOND,
      HOUR - 132 * SECOND,
    ]);
  });

  it('the renewals of 50 instances spread over at least half of the jitter', () => {
    const random = fc.sample(fc.double({ min: 0, max: 1, noNaN: true }), { numRuns: 50, seed: 7 });
    const begins = random.map((r) => lifeOn(new ManualClock(), HOUR, { random: r }).staleAfter);
    expect(Math.max(...begins) - Math.min(...begins)).toBeGreaterThan(6 * SECOND);
  });
});

describe('the jitter of the refresh window', () => {
  const wishing = (expiresIn: number, random: number, wishes: Wishes) => {
    const start = instant(new ManualClock());
    const at = (ms: number | undefined) => (ms === undefined ? undefined : start.wall + ms);
    return lifeOf(start.wall + expiresIn, start, start, random, {
      refreshWindow: wishes.refreshWindow,
      refreshAt: at(wishes.refreshIn),
      refreshExpiresAt: at(wishes.refreshExpiresIn),
      hasLogin: wishes.hasLogin,
    });
  };
  interface Wishes {
    readonly refreshIn?: number | undefined;
    readonly refreshExpiresIn?: number | undefined;
    readonly refreshWindow?: number | undefined;
    readonly hasLogin?: boolean | undefined;
  }

  it('the jitter is a tenth of the time before the window if that is shorter than the window', () => {
    const begins = (random: number) => wishing(HOUR, random, { refreshIn: MINUTE }).staleAfter;
    expect([begins(0), begins(0.5), begins(1)]).toEqual([60_000, 57_000, 54_000]);
  });

  it('the jitter is a tenth of the window if that is shorter than the time before it', () => {
    const begins = (random: number) =>
      wishing(HOUR, random, { refreshIn: HOUR - MINUTE }).staleAfter;
    expect([begins(0), begins(1)]).toEqual([HOUR - MINUTE, HOUR - MINUTE - 6 * SECOND]);
  });

  it('the jitter makes no token stale at birth and is at most a tenth of the window', () => {
    const ms = fc.integer({ min: 1, max: 400 * DAY });
    const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    const wishes = fc.record({
      refreshIn: maybe(ms),
      refreshExpiresIn: maybe(ms),
      refreshWindow: maybe(fc.double({ min: 0, max: 0.9, noNaN: true })),
      hasLogin: fc.boolean(),
    });
    const chance = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(ms, chance, wishes, (expiresIn, random, wished) => {
        const [early, late] = [wishing(expiresIn, random, wished), wishing(expiresIn, 0, wished)];
        const [begins, latest] = [early.staleAfter, late.staleAfter];
        expect(begins).toBeLessThanOrEqual(latest);
        expect(begins).toBeGreaterThanOrEqual(Math.max(SECOND, Math.floor(latest * 0.9)));
        const window = Math.max(SECOND, expiresIn - latest);
        expect(latest - begins).toBeLessThanOrEqual(Math.ceil(window / 10) + 1);
      }),
      { numRuns: 2_000 },
    );
  });

  it('calls in the refresh window can use the refresh token unless it ends before any window', () => {
    const ms = fc.integer({ min: 1, max: 2 * HOUR });
    const chance = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(ms, ms, chance, (expiresIn, refreshExpiresIn, random) => {
        const { staleAfter, expiredAfter } = wishing(expiresIn, random, { refreshExpiresIn });
        const start = instant(new ManualClock());
        const isTooShort = endsUnused(start.wall + refreshExpiresIn, start, start);
        expect(isTooShort).toBe(refreshExpiresIn <= SECOND);
        const isUsable = Math.min(staleAfter, expiredAfter) < refreshExpiresIn;
        expect(isUsable || isTooShort).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the hard window', () => {
  it.each([
    ['the last 5 s of an hour', HOUR, HOUR - 5 * SECOND],
    ['the last 5 % of a minute', MINUTE, 57 * SECOND],
    ['the last 5 s of a year', 365 * DAY, 365 * DAY - 5 * SECOND],
  ])('the hard window is %s, to the millisecond', (_what, lifetime, begins) => {
    expect(at(lifetime, begins - 1, begins, begins + 1)).toEqual(['stale', 'expired', 'expired']);
  });

  it('the hard window counts from the start of the request, not from the response', () => {
    const clock = new ManualClock();
    const life = lifeOn(clock, HOUR, { latency: 9 * SECOND });
    clock.advance(HOUR - 5 * SECOND - 9 * SECOND - 1);
    expect(freshnessOf(life, clock)).toBe('stale');
    clock.advance(1);
    expect(freshnessOf(life, clock)).toBe('expired');
  });
});

describe('a short life', () => {
  it.each([
    ['no life at all', 0],
    ['a negative life', -5 * SECOND],
    ['a life of a millisecond', 1],
    ['a life of half a second', 500],
  ])('a token with %s serves for exactly one second after it arrives', (_what, lifetime) => {
    const clock = new ManualClock();
    const life = lifeOn(clock, lifetime, { latency: 3 * SECOND });
    const seen = [freshnessOf(life, clock)];
    clock.advance(SECOND - 1);
    seen.push(freshnessOf(life, clock));
    clock.advance(1);
    seen.push(freshnessOf(life, clock));
    expect(seen).toEqual(['fresh', 'fresh', 'expired']);
  });

  it('a life of five seconds has windows by share', () => {
    expect(at(5 * SECOND, 3_999, 4_000, 4_749, 4_750)).toEqual([
      'fresh',
      'stale',
      'stale',
      'expired',
    ]);
  });
});

describe('any life', () => {
  const AWAY = 8.64e15;
  const moment = fc.record({
    wall: fc.integer({ min: 0, max: 4_102_444_800_000 }),
    monotonic: fc.double({ min: 0, max: 1e12, noNaN: true }),
  });
  const expiry = fc.oneof(
    fc.integer({ min: -AWAY, max: AWAY }),
    fc.double({ noNaN: true }),
    fc.constantFrom(Infinity, -Infinity, 0, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER + 2),
  );
  const lives = fc
    .tuple(
      expiry,
      moment,
      fc.nat({ max: 60_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    )
    .map(([expiresAt, start, latency, random]) => {
      const arrived = { wall: start.wall + latency, monotonic: start.monotonic + latency };
      // In the library, an expiry always comes from a token set.
      return lifeOf(
        new TokenSet({ accessToken: 't', expiresAt }).expiresAt,
        start,
        arrived,
        random,
      );
    });

  it('any life has finite windows in their order', () => {
    fc.assert(
      fc.property(lives, ({ staleAfter, expiredAfter }) => {
        expect([staleAfter, expiredAfter].every(Number.isFinite)).toBe(true);
        expect(staleAfter).toBeLessThanOrEqual(expiredAfter);
        expect(staleAfter).toBeGreaterThanOrEqual(SECOND);
      }),
    );
  });

  it('a token never becomes fresher with age', () => {
    const order: Freshness[] = ['fresh', 'stale', 'expired'];
    const ages = fc.array(fc.double({ min: 0, max: 1e14, noNaN: true }), { minLength: 2 });
    fc.assert(
      fc.property(lives, ages, (life, ages) => {
        const seen = ages
          .toSorted((a, b) => a - b)
          .map((age) => {
            const now = life.wall + age;
            const monotonic = life.monotonic + age;
            const clock = { now: () => now, monotonic: () => monotonic, after: () => () => {} };
            return order.indexOf(freshnessOf(life, clock));
          });
        expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      }),
    );
  });

  it.each([NaN, new TokenSet({ accessToken: 't', expiresAt: NaN }).expiresAt])(
    'a token with an expiry of NaN serves for a moment and then expires',
    (expiresAt) => {
      const clock = new ManualClock();
      const life = lifeOf(expiresAt, instant(clock), instant(clock), 0);
      expect(freshnessOf(life, clock)).toBe('fresh');
      clock.advance(DAY);
      expect(freshnessOf(life, clock)).toBe('expired');
    },
  );
});

describe('the say of a refresh token in the refresh window', () => {
  const START = { wall: 1_700_000_000_000, monotonic: 5_000.75 };
  const ARRIVED = { wall: START.wall + 2_000, monotonic: START.monotonic + 2_000 };
  const begins = (refreshIn: number, wishes: object = {}, lifetime = HOUR) =>
    lifeOf(START.wall + lifetime, START, ARRIVED, 0, {
      refreshExpiresAt: START.wall + refreshIn,
      ...wishes,
    }).staleAfter;

  it('the refresh window ends with the refresh token if there is no login', () => {
    expect(begins(30 * MINUTE)).toBe(28 * MINUTE);
    expect(begins(5 * MINUTE)).toBe(4 * MINUTE);
    expect(begins(2 * HOUR)).toBe(HOUR - 2 * MINUTE);
  });

  it('with a login, only a refresh token of at least half the life ends the window', () => {
    expect(begins(30 * MINUTE, { hasLogin: true })).toBe(28 * MINUTE);
    expect(begins(30 * MINUTE - 1, { hasLogin: true })).toBe(HOUR - 2 * MINUTE);
  });

  it('with a login, a refresh window of 0 lets the refresh token end', () => {
    expect(begins(30 * MINUTE, { hasLogin: true, refreshWindow: 0 })).toBe(HOUR - 5 * SECOND);
    expect(begins(30 * MINUTE, { hasLogin: false, refreshWindow: 0 })).toBe(28 * MINUTE);
    expect(begins(30 * MINUTE, { hasLogin: true, refreshWindow: 0.1 })).toBe(28 * MINUTE);
  });

  it('a refresh token that ends unused does not move the window', () => {
    // The response takes 2 s, and a token serves for 1 s after it arrives.
    expect([endsUnused(START.wall + 3_001, START, ARRIVED)]).toEqual([true]);
    expect(endsUnused(START.wall + 3_002, START, ARRIVED)).toBe(false);
    expect(begins(3_001)).toBe(HOUR - 2 * MINUTE);
    expect(begins(3_002)).toBe(3_001);
  });

  it('the jitter is a share of the shorter window', () => {
    const wishes = { refreshExpiresAt: START.wall + 30 * MINUTE };
    const life = lifeOf(START.wall + HOUR, START, ARRIVED, 1, wishes);
    expect(life.staleAfter).toBe(28 * MINUTE - 12 * SECOND);
  });

  it('a life has whole milliseconds and the start of the request', () => {
    const life = lifeOf(START.wall + 1_000.5, START, ARRIVED, 0.3);
    expect(life).toEqual({
      wall: START.wall,
      monotonic: 5_000,
      staleAfter: 3_001,
      expiredAfter: 3_001,
    });
  });
});

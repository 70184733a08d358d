import { describe, expect, it } from '@jest/globals';

import { settle } from '../support/collect.js';
import { transient } from '../support/failures.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const HERD = 1_000;
const MINUTE = 60_000;

describe('callers without a token', () => {
  it('a thousand callers without a token share one request', async () => {
    const bench = new ProviderBench();
    const tokens = await Promise.all(bench.herd(HERD));
    expect(new Set(tokens)).toEqual(new Set(['token-1']));
    expect(bench.source.history).toEqual(['login']);
  });

  it('concurrent callers get the same token set', async () => {
    const bench = new ProviderBench();
    const [one, other] = await Promise.all([bench.provider.getToken(), bench.provider.getToken()]);
    expect(one).toBe(other);
  });

  it('a late caller joins the request that is under way', async () => {
    const bench = new ProviderBench();
    bench.source.holdAnswers();
    const first = bench.token();
    await idle();
    bench.clock.advance(5_000);
    const second = bench.token();
    bench.source.latest.grant();
    expect(await Promise.all([first, second])).toEqual(['token-1', 'token-1']);
    expect(bench.source.asks).toHaveLength(1);
  });

  it('calls with a fresh token send no request', async () => {
    const bench = new ProviderBench();
    for (let minute = 0; minute < 58; minute++) {
      await Promise.all(bench.herd(10));
      bench.clock.advance(MINUTE);
    }
    expect(bench.source.asks).toHaveLength(1);
  });
});

describe('callers with a stale token', () => {
  async function stale(): Promise<ProviderBench> {
    const bench = new ProviderBench();
    await bench.token();
    bench.clock.advance(58 * MINUTE);
    bench.source.holdAnswers();
    return bench;
  }

  it('callers get a stale token at once while one renewal runs in the background', async () => {
    const bench = await stale();
    const tokens = await Promise.all(bench.herd(HERD));
    expect(new Set(tokens)).toEqual(new Set(['token-1']));
    await idle();
    expect(bench.source.asks).toHaveLength(2);
    bench.source.latest.grant();
    await idle();
    expect(await bench.token()).toBe('token-2');
    expect(bench.source.asks).toHaveLength(2);
  });

  it('`peek` at a stale token starts one renewal', async () => {
    const bench = await stale();
    expect(bench.provider.peek()?.accessToken).toBe('token-1');
    expect(bench.provider.peek()?.accessToken).toBe('token-1');
    await idle();
    expect(bench.source.asks).toHaveLength(2);
  });

  it('callers wait for the running renewal once the token has expired', async () => {
    const bench = await stale();
    await bench.token();
    bench.clock.advance(0.9 * 10_000); // the renewal may take ten seconds
    expect(await bench.token()).toBe('token-1');
    bench.clock.setWall(2 * MINUTE);
    const waiting = settle(bench.herd(HERD));
    await idle();
    expect(bench.source.asks).toHaveLength(2);
    bench.source.latest.grant({ expiresIn: 7_200 });
    const { values, errors } = await waiting;
    expect([new Set(values), errors]).toEqual([new Set(['token-2']), []]);
  });

  it('callers with a stale token do not notice a failed renewal', async () => {
    const bench = await stale();
    await bench.token();
    await idle();
    bench.source.latest.fail(transient());
    await idle(); // an unhandled rejection would fail this test
    expect(await bench.token()).toBe('token-1');
    expect(bench.eventTypes()).toEqual(['token.obtained', 'token.failed']);
  });
});

describe('callers with an expired token', () => {
  it('callers with an expired token wait for one renewal', async () => {
    const bench = new ProviderBench();
    await bench.token();
    bench.clock.advance(60 * MINUTE - 5_000);
    expect(bench.provider.peek()).toBeUndefined();
    const tokens = await Promise.all(bench.herd(HERD));
    expect(new Set(tokens)).toEqual(new Set(['token-2']));
    expect(bench.source.asks).toHaveLength(2);
  });
});

describe('a caller at the moment of the response', () => {
  // Only a few microtasks lie between the response and the last waiter. A caller comes before each of them.
  it.each(Array.from({ length: 30 }, (_, ticks) => ticks))(
    'a caller %i microtasks after the response shares its token',
    async (ticks) => {
      const bench = new ProviderBench();
      bench.source.holdAnswers();
      const first = bench.token();
      await idle();
      bench.source.latest.grant();
      for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
      expect(await bench.token()).toBe('token-1');
      expect(await first).toBe('token-1');
      expect(bench.source.asks).toHaveLength(1);
    },
  );

  it.each(Array.from({ length: 30 }, (_, ticks) => ticks))(
    'a caller %i microtasks after a failure shares it without another request',
    async (ticks) => {
      const bench = new ProviderBench();
      bench.source.holdAnswers();
      const first = settle([bench.token()]);
      await idle();
      bench.source.latest.fail(transient());
      for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
      const { errors } = await settle([bench.token()]);
      expect([errors.length, (await first).errors.length]).toEqual([1, 1]);
      expect(bench.source.asks).toHaveLength(1);
    },
  );
});

describe('a lifetime that is too short for any window', () => {
  it.each([0, -5])(
    'a lifetime of %i s causes one request a second and serves all who wait',
    async (expiresIn) => {
      const bench = new ProviderBench();
      bench.source.onAsk = (ask) => ask.grant({ expiresIn });
      expect(new Set(await Promise.all(bench.herd(HERD)))).toEqual(new Set(['token-1']));
      for (let i = 0; i < 100; i++) {
        bench.clock.advance(100);
        await bench.token();
      }
      expect(bench.source.asks).toHaveLength(11);
    },
  );

  it('a vendor that returns the same token until it expires causes no loop', async () => {
    const bench = new ProviderBench();
    const end = bench.clock.now() + 100_000;
    bench.source.onAsk = (ask) =>
      ask.grant({ accessToken: 'same', expiresIn: (end - ask.startedAt.wall) / 1_000 });
    for (let i = 0; i < 1_000; i++) {
      await bench.token();
      await idle();
      bench.clock.advance(100);
    }
    expect(bench.source.asks.length).toBeLessThan(12);
  });
});

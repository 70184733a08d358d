import { describe, expect, it } from '@jest/globals';

import { ProviderBench } from '../support/provider-bench.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * HOUR;

/** A provider whose first token, of an hour, has just come; it is fresh for 58 minutes. */
async function withToken(): Promise<ProviderBench> {
  const bench = new ProviderBench();
  await bench.token();
  return bench;
}

const wallTo = (bench: ProviderBench, year: number) =>
  bench.clock.setWall(Date.UTC(year, 0, 19) - bench.clock.now());

describe('a jump of the wall clock', () => {
  it.each<[string, (bench: ProviderBench) => void]>([
    ['an hour forward', ({ clock }) => clock.setWall(HOUR)],
    ['to 2038', (bench) => wallTo(bench, 2038)],
    ['to 2100', (bench) => wallTo(bench, 2100)],
  ])(
    'a jump of the wall clock %s costs one renewal, whose token lives its full life',
    async (_what, jump) => {
      const bench = await withToken();
      jump(bench);
      expect(await bench.token()).toBe('token-2');
      bench.clock.advance(57 * MINUTE);
      expect(await bench.token()).toBe('token-2');
      expect(bench.source.asks).toHaveLength(2);
    },
  );

  it.each<[string, (bench: ProviderBench) => void]>([
    ['an hour back', ({ clock }) => clock.setWall(-HOUR)],
    ['to 1970', (bench) => wallTo(bench, 1970)],
  ])(
    'a jump of the wall clock %s neither ends a token nor lengthens its life',
    async (_what, jump) => {
      const bench = await withToken();
      jump(bench);
      bench.clock.advance(57 * MINUTE);
      expect(await bench.token()).toBe('token-1');
      bench.clock.advance(2 * MINUTE + 55_000);
      expect(await bench.token()).toBe('token-2');
      expect(bench.source.asks).toHaveLength(2);
    },
  );

  it('a jump of the wall clock forward and back costs one renewal in all', async () => {
    const bench = await withToken();
    bench.clock.setWall(HOUR);
    await bench.token();
    bench.clock.setWall(-HOUR);
    for (let i = 0; i < 57; i++) {
      bench.clock.advance(MINUTE);
      await bench.token();
    }
    expect(bench.source.asks).toHaveLength(2);
  });

  it('a jump of the wall clock during a renewal costs at most one more renewal', async () => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) => {
      if (ask.number === 1) bench.clock.setWall(HOUR);
      ask.grant();
    };
    expect(await bench.token()).toBe('token-1');
    for (let i = 0; i < 57; i++) {
      bench.clock.advance(MINUTE);
      await bench.token();
    }
    expect(bench.source.asks).toHaveLength(2);
  });

  it('a jump of the wall clock back does not lengthen a back-off', async () => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) => (ask.number === 1 ? ask.fail(new Error('down')) : ask.grant());
    await expect(bench.token()).rejects.toThrow('acme');
    wallTo(bench, 1970);
    bench.clock.advance(1_000);
    expect(await bench.token()).toBe('token-2');
  });
});

describe('a machine that was suspended', () => {
  it('a token expires while the machine is suspended, although the monotonic clock stands still', async () => {
    const bench = await withToken();
    bench.clock.setWall(HOUR - 5_000);
    expect(bench.provider.peek()).toBeUndefined();
    expect(await bench.token()).toBe('token-2');
  });

  it('a token that lives longer than the suspension is still used', async () => {
    const bench = await withToken();
    bench.clock.setWall(57 * MINUTE);
    expect(await bench.token()).toBe('token-1');
  });
});

describe('a token that lives for a year', () => {
  it('a token that lives for a year is requested once a year, without a timer', async () => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) => ask.grant({ expiresIn: YEAR / 1_000 });
    for (let day = 0; day < 365; day++) {
      await bench.token();
      expect(bench.clock.pending).toBe(0);
      bench.clock.advance(24 * HOUR - 1_000);
    }
    expect(bench.source.asks).toHaveLength(1);
  });
});

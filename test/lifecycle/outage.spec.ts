import { describe, expect, it } from '@jest/globals';

import { settle } from '../support/collect.js';
import { permanent, transient } from '../support/failures.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Makes calls every 100 ms for a while, and collects their tokens and counts their errors. */
async function load(bench: ProviderBench, duration: number) {
  const outcome = { tokens: new Set<string>(), errors: 0 };
  for (let ms = 0; ms < duration; ms += 100) {
    const { values, errors } = await settle(bench.herd(3));
    for (const value of values) outcome.tokens.add(value);
    outcome.errors += errors.length;
    await idle(); // the background renewal has failed before time goes on
    bench.clock.advance(100);
  }
  return outcome;
}

/** A provider whose token has just become stale: 115 s are left until it counts as expired. */
async function atRefreshWindow(): Promise<ProviderBench> {
  const bench = new ProviderBench();
  await bench.token();
  bench.clock.advance(58 * MINUTE);
  return bench;
}

describe('an outage of the token endpoint within the refresh window', () => {
  it.each([
    ['a temporary outage', transient()],
    ['a refusal of the credentials', permanent()],
  ])('callers do not notice %s until the token expires', async (_what, failure) => {
    const bench = await atRefreshWindow();
    bench.source.onAsk = (ask) => ask.fail(failure);
    expect(await load(bench, 115 * SECOND)).toEqual({ tokens: new Set(['token-1']), errors: 0 });
    expect((await load(bench, SECOND)).tokens).toEqual(new Set());
  });

  it('an outage within the refresh window is probed after 3, 6, 12, 24, 30 … seconds', async () => {
    const bench = await atRefreshWindow();
    const start = bench.clock.monotonic();
    const times: number[] = [];
    bench.source.onAsk = (ask) => {
      times.push((bench.clock.monotonic() - start) / SECOND);
      ask.fail(transient());
    };
    await load(bench, 114 * SECOND);
    expect(times).toEqual([0, 3, 9, 21, 45, 75, 105]);
  });

  it('an outage ends with the first renewal that succeeds', async () => {
    const bench = await atRefreshWindow();
    bench.source.onAsk = (ask) => (ask.number < 5 ? ask.fail(transient()) : ask.grant());
    const { tokens, errors } = await load(bench, 50 * SECOND);
    expect([tokens, errors]).toEqual([new Set(['token-1', 'token-5']), 0]);
    expect(bench.provider.status()).toMatchObject({ token: 'fresh', failures: 0 });
  });

  it('the event of a failure shows whether a token serves the callers, and the time until the next attempt', async () => {
    const bench = await atRefreshWindow();
    bench.source.onAsk = (ask) => ask.fail(transient());
    await load(bench, SECOND);
    expect(bench.events.at(-1)).toMatchObject({
      type: 'token.failed',
      serving: true,
      retryAfter: 3,
    });
  });

  it('callers get typed errors after the token expires until at most 30 s after the outage', async () => {
    const bench = await atRefreshWindow();
    bench.source.onAsk = (ask) => ask.fail(transient());
    const { errors } = await load(bench, 200 * SECOND);
    expect(errors).toBeGreaterThan(0);
    bench.source.onAsk = (ask) => ask.grant();
    await load(bench, 30 * SECOND);
    expect(bench.provider.status().token).toBe('fresh');
  });

  it('nobody gets a rejected token during an outage', async () => {
    const bench = await atRefreshWindow();
    bench.source.onAsk = (ask) => ask.fail(transient());
    await settle([bench.provider.renew('token-1')]);
    const { tokens, errors } = await load(bench, 10 * SECOND);
    expect(tokens).toEqual(new Set());
    expect(errors).toBe(300);
  });
});

describe('an outage at the start of the app', () => {
  it('callers get typed errors during an outage at the start, and tokens after it', async () => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) => ask.fail(transient());
    const { tokens } = await load(bench, 5 * MINUTE);
    expect(tokens).toEqual(new Set());
    expect(bench.source.asks.length).toBeLessThan(16);
    bench.source.onAsk = (ask) => ask.grant({ accessToken: 'recovered' });
    await load(bench, 30 * SECOND);
    expect(await load(bench, SECOND)).toEqual({ tokens: new Set(['recovered']), errors: 0 });
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Quota } from '../../lib/oauth2/quota.js';
import { rejection } from '../support/collect.js';
import { granted } from '../support/endpoint-bench.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle } from '../support/provider-bench.js';
import { json, ScriptedEndpoint } from '../support/scripted-endpoint.js';

const HOUR = 3_600_000;

describe('a quota', () => {
  const options = fc.record({
    requests: fc.integer({ min: 1, max: 6 }),
    seconds: fc.integer({ min: 1, max: 20 }),
  });
  const pauses = fc.array(fc.integer({ min: 0, max: 9_000 }), { minLength: 1, maxLength: 60 });

  it('lets no more requests out in any window than it allows, nor fewer than it could', () => {
    fc.assert(
      fc.property(options, pauses, (allowed, waits) => {
        const clock = new ManualClock();
        const quota = new Quota(allowed, clock);
        const period = allowed.seconds * 1_000;
        const made: number[] = [];
        const inWindow = (end: number) => made.filter((at) => at > end - period && at <= end);
        for (const wait of waits) {
          clock.advance(wait);
          const now = clock.monotonic();
          const used = inWindow(now).length;
          const retryAfter = quota.take();
          expect(retryAfter === undefined).toBe(used < allowed.requests);
          if (retryAfter === undefined) made.push(now);
          else expect(inWindow(now + retryAfter * 1_000).length).toBeLessThan(allowed.requests);
        }
        for (const at of made) expect(inWindow(at).length).toBeLessThanOrEqual(allowed.requests);
      }),
      { numRuns: 500 },
    );
  });

  it('is not told a moment before it is so', () => {
    const clock = new ManualClock();
    const quota = new Quota({ requests: 2, seconds: 60 }, clock);
    quota.take();
    clock.advance(20_500);
    quota.take();
    expect(quota.take()).toBe(40);
    clock.advance(39_499);
    expect(quota.take()).toBe(1);
    clock.advance(1);
    expect(quota.take()).toBeUndefined();
    expect(quota.take()).toBe(21);
  });

  it('does not mind the wall clock', () => {
    const clock = new ManualClock();
    const quota = new Quota({ requests: 1, seconds: 60 }, clock);
    quota.take();
    clock.setWall(HOUR);
    expect(quota.take()).toBe(60);
  });
});

describe('a provider whose vendor allows few requests', () => {
  const quota = { requests: 2, seconds: 600 };

  it('tells its callers when to come back, and asks nobody', async () => {
    const bench = new ScriptedEndpoint({ quota });
    await bench.provider.for('ama').getToken();
    bench.clock.advance(100_000);
    await bench.provider.for('kofi').getToken();
    const error = await rejection(bench.provider.for('abena').getToken());
    expect(error).toMatchObject({
      code: 'THROTTLED',
      retryAfter: 500,
      retryable: true,
      evaluated: false,
      status: undefined,
    });
    expect(bench.requests).toHaveLength(2);
    bench.clock.advance(500_000);
    await bench.provider.for('abena').getToken();
    expect(bench.requests).toHaveLength(3);
  });

  it('goes on with a stale token meanwhile', async () => {
    const bench = new ScriptedEndpoint({ quota: { requests: 1, seconds: 3_600 } }, () =>
      granted({ expires_in: 3_600 }),
    );
    const tokens = await bench.provider.getToken();
    bench.clock.advance(3_500_000);
    expect(bench.provider.peek()).toBe(tokens);
    await idle();
    expect(bench.events.at(-1)).toMatchObject({ type: 'failed', serving: true });
    expect(await bench.provider.getToken()).toBe(tokens);
    expect(bench.requests).toHaveLength(1);
    bench.clock.advance(100_000);
    await bench.provider.getToken();
    expect(bench.requests).toHaveLength(2);
  });

  it('counts every attempt, and every request around a token request', async () => {
    const bench: ScriptedEndpoint = new ScriptedEndpoint(
      { quota: { requests: 4, seconds: 60 }, before: { step: { url: '/step' } } },
      ({ url }) => (url.endsWith('/step') || bench.requests.length > 2 ? granted() : json({}, 503)),
    );
    await bench.provider.getToken(); // step, token refused, step, token
    expect(bench.paths).toEqual(['/step', '/token', '/step', '/token']);
    const error = await rejection(bench.provider.for('ama').getToken());
    expect(error).toMatchObject({ code: 'THROTTLED' });
    expect(bench.requests).toHaveLength(4);
  });

  it('waits by itself where the time is short enough for its deadline', async () => {
    const bench = new ScriptedEndpoint({ quota: { requests: 1, seconds: 3 } });
    await bench.provider.for('ama').getToken();
    const before = bench.clock.monotonic();
    await bench.provider.for('kofi').getToken();
    expect(bench.clock.monotonic() - before).toBe(3_000);
  });

  it('is not held back by another provider of the same vendor', async () => {
    const [one, other] = [new ScriptedEndpoint({ quota }), new ScriptedEndpoint({ quota })];
    for (const subject of ['a', 'b']) await one.provider.for(subject).getToken();
    await other.provider.getToken();
    expect(other.requests).toHaveLength(1);
  });
});

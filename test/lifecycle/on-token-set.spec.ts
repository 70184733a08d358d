import { describe, expect, it } from '@jest/globals';

import type { OnTokenSet } from '../../lib/core/on-token-set.js';
import type { TokenSet } from '../../lib/core/token-set.js';
import { transient } from '../support/failures.js';
import { settle } from '../support/collect.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

/** A provider with a hook that keeps what it is told. */
function benchWith(hook: OnTokenSet = () => {}) {
  const told: TokenSet[] = [];
  const bench = new ProviderBench({
    onTokenSet: (tokens, target) => {
      told.push(tokens);
      return hook(tokens, target);
    },
  });
  bench.source.onAsk = (ask) => ask.grant({ refreshToken: `refresh-${ask.number}` });
  return { bench, told };
}

describe('onTokenSet', () => {
  it('is told of every new token set, with its secrets and its account', async () => {
    const targets: unknown[] = [];
    const { bench, told } = benchWith((_tokens, target) => void targets.push(target));
    await Promise.all(bench.herd(100));
    bench.clock.advance(3_600_000);
    await bench.token();
    await bench.token({ subject: 'ama' });
    expect(told.map(({ refreshToken }) => refreshToken)).toEqual([
      'refresh-1',
      'refresh-2',
      'refresh-3',
    ]);
    expect(targets).toMatchObject([{}, {}, { subject: 'ama' }]);
  });

  it('is told before anybody uses the token', async () => {
    let keep = () => {};
    const { bench, told } = benchWith(() => new Promise((resolve) => (keep = resolve)));
    let used = false;
    const call = bench.token().then(() => (used = true));
    await idle();
    expect([told.length, used, bench.provider.peek()]).toEqual([1, false, undefined]);
    keep();
    await call;
    expect(used).toBe(true);
  });

  it('is told of the refresh token that is kept, too', async () => {
    const { bench, told } = benchWith();
    await bench.token();
    bench.source.onAsk = (ask) => ask.grant();
    bench.clock.advance(3_600_000);
    await bench.token();
    expect(told.map(({ refreshToken }) => refreshToken)).toEqual(['refresh-1', 'refresh-1']);
  });

  it('is not told of failures', async () => {
    const { bench, told } = benchWith();
    bench.source.onAsk = (ask) => ask.fail(transient());
    await settle([bench.token()]);
    expect(told).toEqual([]);
  });

  it.each<[string, OnTokenSet]>([
    [
      'throws',
      () => {
        throw new Error('no disk');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no disk'))],
  ])('that %s does not fail the renewal, and is reported', async (_what, hook) => {
    const { bench } = benchWith(hook);
    expect(await bench.token()).toBe('token-1');
    expect(bench.eventTypes()).toEqual(['hook failed', 'obtained']);
    expect(bench.source.asks).toHaveLength(1);
  });

  it('that hangs is awaited for five seconds, and reported', async () => {
    const { bench } = benchWith(() => new Promise(() => {}));
    const token = bench.token();
    await idle();
    bench.clock.advance(5_000);
    expect(await token).toBe('token-1');
    expect(bench.eventTypes()).toEqual(['hook failed', 'obtained']);
    expect(bench.clock.pending).toBe(0);
  });

  it('that hangs leaves the stale token to all who call meanwhile', async () => {
    const { bench } = benchWith(({ refreshToken }) =>
      refreshToken === 'refresh-1' ? undefined : new Promise(() => {}),
    );
    await bench.token();
    bench.clock.advance(3_500_000);
    expect(await bench.token()).toBe('token-1');
    await idle();
    expect(await bench.token()).toBe('token-1');
    bench.clock.advance(5_000);
    await idle();
    expect(await bench.token()).toBe('token-2');
  });
});

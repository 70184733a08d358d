import { describe, expect, it } from '@jest/globals';

import type { OnTokenSet } from '../../lib/core/on-token-set.js';
import type { TokenSet } from '../../lib/core/token-set.js';
import { transient } from '../support/failures.js';
import { settle } from '../support/collect.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

/** A provider with a hook, and the token sets that the hook gets. */
function benchWith(hook: OnTokenSet = () => {}) {
  const received: TokenSet[] = [];
  const bench = new ProviderBench({
    onTokenSet: (tokens, target) => {
      received.push(tokens);
      return hook(tokens, target);
    },
  });
  bench.source.onAsk = (ask) => ask.grant({ refreshToken: `refresh-${ask.number}` });
  return { bench, received };
}

describe('onTokenSet', () => {
  it('the hook gets every new token set with its secrets and its account', async () => {
    const targets: unknown[] = [];
    const { bench, received } = benchWith((_tokens, target) => void targets.push(target));
    await Promise.all(bench.herd(100));
    bench.clock.advance(3_600_000);
    await bench.token();
    await bench.token({ subject: 'ama' });
    expect(received.map(({ refreshToken }) => refreshToken)).toEqual([
      'refresh-1',
      'refresh-2',
      'refresh-3',
    ]);
    expect(targets).toMatchObject([{}, {}, { subject: 'ama' }]);
  });

  it('the hook runs before anybody uses the token', async () => {
    let keep = () => {};
    const { bench, received } = benchWith(() => new Promise((resolve) => (keep = resolve)));
    let used = false;
    const call = bench.token().then(() => (used = true));
    await idle();
    expect([received.length, used, bench.provider.peek()]).toEqual([1, false, undefined]);
    keep();
    await call;
    expect(used).toBe(true);
  });

  it('the hook gets the old refresh token if the response has none', async () => {
    const { bench, received } = benchWith();
    await bench.token();
    bench.source.onAsk = (ask) => ask.grant();
    bench.clock.advance(3_600_000);
    await bench.token();
    expect(received.map(({ refreshToken }) => refreshToken)).toEqual(['refresh-1', 'refresh-1']);
  });

  it('the hook does not run after a failure', async () => {
    const { bench, received } = benchWith();
    bench.source.onAsk = (ask) => ask.fail(transient());
    await settle([bench.token()]);
    expect(received).toEqual([]);
  });

  it.each<[string, OnTokenSet]>([
    [
      'throws',
      () => {
        throw new Error('no disk');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no disk'))],
  ])('a hook that %s does not fail the renewal and is reported', async (_what, hook) => {
    const { bench } = benchWith(hook);
    expect(await bench.token()).toBe('token-1');
    expect(bench.eventTypes()).toEqual(['hook.failed', 'token.obtained']);
    expect(bench.source.asks).toHaveLength(1);
  });

  it('a hook that hangs is awaited for five seconds and reported', async () => {
    const { bench } = benchWith(() => new Promise(() => {}));
    const token = bench.token();
    await idle();
    bench.clock.advance(5_000);
    expect(await token).toBe('token-1');
    expect(bench.eventTypes()).toEqual(['hook.failed', 'token.obtained']);
    expect(bench.clock.pending).toBe(0);
  });

  it('callers get the stale token while a hook hangs', async () => {
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

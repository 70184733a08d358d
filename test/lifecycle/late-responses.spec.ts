import { describe, expect, it } from '@jest/globals';

import type { TokenLock, TokenStore } from '../../lib/core/token-store.js';
import { MemoryTokenStore } from '../../lib/stores/memory.js';
import { rejection } from '../support/collect.js';
import { transient } from '../support/failures.js';
import { Gate } from '../support/gate.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

/** A store in memory with one operation that waits at a gate. */
function slow(operation: 'set' | 'lock' | 'release') {
  const clock = new ManualClock();
  const memory = new MemoryTokenStore(clock);
  const gate = new Gate();
  const at = (name: string) => (name === operation ? gate.pass() : Promise.resolve());
  const released: string[] = [];
  const store: TokenStore = {
    get: (key) => memory.get(key),
    set: async (...args) => {
      await at('set');
      return memory.set(...args);
    },
    lock: async (key, ttl) => {
      await at('lock');
      const lock = await memory.lock(key, ttl);
      return lock === 'held' ? lock : noting(lock);
    },
  };
  const noting = (lock: TokenLock): TokenLock => ({
    release: async () => {
      await at('release');
      released.push('released');
      await lock.release();
    },
  });
  return { clock, memory, gate, store, released };
}

describe('a token that is obtained when the deadline ends', () => {
  it('a token that arrives before the deadline is stored although the store is slow', async () => {
    const { clock, gate, store, memory } = slow('set');
    const received: string[] = [];
    const bench = new ProviderBench({
      clock,
      store,
      deadline: 100,
      onTokenSet: ({ accessToken }) => void received.push(accessToken),
    });
    const call = bench.token();
    await idle();
    expect(bench.source.asks).toHaveLength(1);
    clock.advance(200); // after the deadline of the renewal, before that of the store
    await idle();
    expect(received).toEqual([]);
    gate.open();
    expect(await call).toBe('token-1');
    expect(received).toEqual(['token-1']);
    expect((await memory.get(bench.source.accountKey)).tokens?.accessToken).toBe('token-1');
    expect(bench.eventTypes()).toEqual(['token.obtained']);
    expect(clock.pending).toBe(0);
  });

  it('a hook that takes longer than the deadline does not lose the token', async () => {
    const clock = new ManualClock();
    const gate = new Gate();
    const bench = new ProviderBench({ clock, deadline: 100, onTokenSet: () => gate.pass() });
    const call = bench.token();
    await idle();
    clock.advance(1_000);
    await idle();
    expect(bench.events).toEqual([]);
    gate.open();
    expect(await call).toBe('token-1');
  });

  it('callers get the token although the store is too slow to write it', async () => {
    const { clock, store } = slow('set');
    const bench = new ProviderBench({ clock, store, deadline: 100 });
    const call = bench.token();
    await idle();
    clock.advance(250);
    expect(await call).toBe('token-1');
    expect(bench.eventTypes()).toEqual(['store.failed', 'store.recovered', 'token.obtained']);
    expect(bench.provider.peek()?.accessToken).toBe('token-1');
  });

  it('the lock is released after the token is written, not before', async () => {
    const { clock, gate, store, memory, released } = slow('set');
    const bench = new ProviderBench({ clock, store, deadline: 100 });
    const call = bench.token();
    await idle();
    clock.advance(150);
    await idle();
    expect(released).toEqual([]);
    gate.open();
    await call;
    expect(released).toEqual(['released']);
    expect(await memory.lock(bench.source.accountKey, 10)).not.toBe('held');
  });
});

describe('a lock that comes too late', () => {
  it('a lock that comes too late is released at once', async () => {
    const { clock, gate, store, memory, released } = slow('lock');
    const bench = new ProviderBench({ clock, store });
    const call = bench.token();
    await idle();
    expect(bench.source.asks).toHaveLength(0);
    clock.advance(250);
    expect(await call).toBe('token-1');
    expect(released).toEqual([]);
    gate.open();
    await idle();
    expect(released).toEqual(['released']);
    expect(await memory.lock(bench.source.accountKey, 10)).not.toBe('held');
    expect(bench.eventTypes()).toEqual(['store.failed', 'token.obtained']);
  });

  it('a late lock that another instance holds stays with that instance', async () => {
    const { clock, gate, store, memory, released } = slow('lock');
    const bench = new ProviderBench({ clock, store });
    const call = bench.token();
    await idle();
    clock.advance(250);
    await call;
    await memory.lock(bench.source.accountKey, 10_000);
    gate.open();
    await idle();
    expect(released).toEqual([]);
  });

  it('a failed release of a late lock harms nobody', async () => {
    const { clock, gate, store } = slow('lock');
    const broken: TokenStore = {
      ...store,
      lock: async (...args) => {
        await store.lock(...args);
        return { release: () => Promise.reject(new Error('the store is down')) };
      },
    };
    const bench = new ProviderBench({ clock, store: broken });
    const call = bench.token();
    await idle();
    clock.advance(250);
    await call;
    gate.open();
    await idle(); // a rejection that nobody handles would fail this test
    expect(bench.eventTypes()).toEqual(['store.failed', 'token.obtained']);
  });

  it('a late lock is released after a failed renewal, too', async () => {
    const { clock, gate, store, released } = slow('lock');
    const bench = new ProviderBench({ clock, store });
    bench.source.onAsk = (ask) => ask.fail(transient());
    const call = rejection(bench.token());
    await idle();
    clock.advance(250);
    await call;
    gate.open();
    await idle();
    expect(released).toEqual(['released']);
  });
});

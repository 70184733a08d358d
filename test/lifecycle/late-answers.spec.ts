import { describe, expect, it } from '@jest/globals';

import type { TokenLock, TokenStore } from '../../lib/core/token-store.js';
import { MemoryTokenStore } from '../../lib/stores/memory.js';
import { rejection } from '../support/collect.js';
import { transient } from '../support/failures.js';
import { Gate } from '../support/gate.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

/** A store in memory one of whose operations waits at a gate. */
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

describe('a token that is there when the deadline ends', () => {
  it('is written to the store, told to the hook, and given to the callers', async () => {
    const { clock, gate, store, memory } = slow('set');
    const told: string[] = [];
    const bench = new ProviderBench({
      clock,
      store,
      deadline: 100,
      onTokenSet: ({ accessToken }) => void told.push(accessToken),
    });
    const call = bench.token();
    await idle();
    expect(bench.source.asks).toHaveLength(1);
    clock.advance(200); // past the deadline of the flight, within that of the store
    await idle();
    expect(told).toEqual([]);
    gate.open();
    expect(await call).toBe('token-1');
    expect(told).toEqual(['token-1']);
    expect((await memory.get(bench.source.accountKey)).tokens?.accessToken).toBe('token-1');
    expect(bench.eventTypes()).toEqual(['obtained']);
    expect(clock.pending).toBe(0);
  });

  it('is told to a hook that takes longer than the deadline', async () => {
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

  it('is kept where the store takes longer than it may', async () => {
    const { clock, store } = slow('set');
    const bench = new ProviderBench({ clock, store, deadline: 100 });
    const call = bench.token();
    await idle();
    clock.advance(250);
    expect(await call).toBe('token-1');
    expect(bench.eventTypes()).toEqual(['store failed', 'store recovered', 'obtained']);
    expect(bench.provider.peek()?.accessToken).toBe('token-1');
  });

  it('has the lock given back after it was written, not before', async () => {
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
  it('is given back at once, and the renewal has gone on without it', async () => {
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
    expect(bench.eventTypes()).toEqual(['store failed', 'obtained']);
  });

  it('and is held by somebody else is left to them', async () => {
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

  it('and cannot be given back harms nobody', async () => {
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
    expect(bench.eventTypes()).toEqual(['store failed', 'obtained']);
  });

  it('is given back where the renewal has failed meanwhile, too', async () => {
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

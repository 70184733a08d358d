import { describe, expect, it } from '@jest/globals';

import { rejection } from '../support/collect.js';
import { transient } from '../support/failures.js';
import { faulty } from '../support/faulty-store.js';
import { Gate } from '../support/gate.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const HOUR = 3_600_000;

const fail = () => Promise.reject(new Error('the store is down'));

describe('a store that refused the last write', () => {
  async function withLostWrite() {
    const clock = new ManualClock();
    const { store, faults } = faulty(clock);
    const bench = new ProviderBench({ clock, store });
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: `refresh-${ask.number}` });
    await bench.token();
    clock.advance(HOUR - 10_000); // stale: the renewal comes before the first token ends
    await bench.token();
    faults.set = fail;
    await idle();
    faults.set = undefined;
    expect(await bench.token()).toBe('token-2');
    return { bench, clock };
  }

  it('a used refresh token in the store is not sent again', async () => {
    const { bench, clock } = await withLostWrite();
    clock.advance(HOUR);
    await bench.token();
    expect(bench.source.history).toEqual(['login', 'refresh refresh-1', 'refresh refresh-2']);
  });

  it('a used refresh token that another instance wrote is not sent again', async () => {
    const clock = new ManualClock();
    const { store, faults } = faulty(clock);
    const [one, other] = [new ProviderBench({ clock, store }), new ProviderBench({ clock, store })];
    one.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh-1' });
    other.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh-2' });
    await one.token();
    clock.advance(HOUR);
    faults.set = fail;
    await other.token();
    faults.set = undefined;
    clock.advance(HOUR);
    await other.token();
    expect(other.source.history).toEqual(['refresh refresh-1', 'refresh refresh-2']);
  });

  it('an older token in the store does not replace a newer one in memory', async () => {
    const { bench } = await withLostWrite();
    bench.provider.invalidate();
    expect(await bench.token()).toBe('token-3');
  });
});

describe('the lock of a store', () => {
  const setup = () => {
    const clock = new ManualClock();
    const { store, memory, faults } = faulty(clock);
    const [one, other] = [new ProviderBench({ clock, store }), new ProviderBench({ clock, store })];
    return { clock, memory, faults, one, other, key: one.source.accountKey };
  };

  it('a second renewal waits for the lock of the first and takes its token', async () => {
    const { clock, one, other } = setup();
    one.source.holdAnswers();
    const first = one.token();
    await idle();
    const second = other.token();
    await idle();
    one.source.latest.grant();
    expect(await first).toBe('token-1');
    clock.advance(150);
    expect(await second).toBe('token-1');
    expect(other.source.asks).toHaveLength(0);
  });

  it('a lock that comes too late is released at once', async () => {
    const { clock, one, faults } = setup();
    const late = new Gate();
    let released = 0;
    faults.lock = async () => {
      await late.pass();
      return { release: async () => void released++ };
    };
    const token = one.token();
    await idle();
    clock.advance(250); // all that one operation may take
    expect(await token).toBe('token-1');
    expect(released).toBe(0);
    late.open();
    await idle();
    expect(released).toBe(1);
  });

  it('an instance asks for a held lock again after 50 to 150 ms at random', async () => {
    for (const [random, pause] of [
      [0, 50],
      [0.5, 100],
      [1, 150],
    ] as const) {
      const clock = new ManualClock();
      const { store, faults } = faulty(clock);
      let locks = 0;
      faults.lock = async () => (++locks === 1 ? 'held' : { release: async () => {} });
      const bench = new ProviderBench({ clock, store, random: () => random });
      const token = bench.token();
      await idle();
      clock.advance(pause - 1);
      await idle();
      expect([random, locks]).toEqual([random, 1]);
      clock.advance(1);
      expect([await token, locks]).toEqual(['token-1', 2]);
    }
  });

  it('a lock lives for the rest of the deadline and 5 seconds more', async () => {
    const clock = new ManualClock();
    const { store, faults } = faulty(clock);
    const lives: number[] = [];
    faults.lock = async (_key, ttl) => {
      lives.push(ttl);
      return { release: async () => {} };
    };
    await new ProviderBench({ clock, store, deadline: 7_000 }).token();
    expect(lives).toEqual([12_000]);
  });

  it('the lock is released after a failure and the next instance tries', async () => {
    const { clock, one, other } = setup();
    one.source.onAsk = (ask) => ask.fail(transient());
    await rejection(one.token());
    clock.advance(1_000);
    expect(await other.token()).toBe('token-1');
    expect(clock.pending).toBe(0);
  });

  it('the lock is released when the deadline ends the renewal', async () => {
    const { clock, one, other } = setup();
    one.source.holdAnswers();
    const first = rejection(one.token());
    await idle();
    clock.advance(10_000);
    expect(await first).toMatchObject({ code: 'TOKEN_REQUEST_TIMEOUT' });
    await idle();
    clock.advance(1_000);
    expect(await other.token()).toBe('token-1');
  });

  it('the error of a call names the instance that holds the lock for too long', async () => {
    const { clock, memory, one, key } = setup();
    await memory.lock(key, 15_000);
    const error = rejection(one.token());
    for (let waited = 0; waited < 10_000; waited += 50) {
      await idle();
      clock.advance(50);
    }
    expect(await error).toMatchObject({
      code: 'TOKEN_REQUEST_TIMEOUT',
      reason: expect.stringContaining('Another instance is renewing'),
      evaluated: false,
    });
  });

  it('the lock of an instance that died expires, and waiting calls end with their deadline', async () => {
    const { clock, one, memory, key } = setup();
    await memory.lock(key, 15_000);
    const waiting = rejection(one.token());
    for (let ms = 0; ms < 10_000; ms += 50) {
      await idle();
      clock.advance(50);
    }
    expect(await waiting).toMatchObject({ code: 'TOKEN_REQUEST_TIMEOUT', retryable: true });
    expect(one.source.asks).toHaveLength(0);
    clock.advance(5_000);
    expect(await one.token()).toBe('token-1');
  });

  it('a login goes on without the lock if the store is down', async () => {
    const { one, faults } = setup();
    faults.lock = fail;
    expect(await one.token()).toBe('token-1');
    expect(one.eventTypes()).toEqual(['store.failed', 'token.obtained']);
  });

  it('callers get their token although the release of the lock fails', async () => {
    const { one, faults } = setup();
    faults.lock = () => Promise.resolve({ release: fail });
    expect(await one.token()).toBe('token-1');
  });

  it('a lock operation gets its time again after the process stood still', async () => {
    const { clock, faults, memory, one } = setup();
    const gate = new Gate();
    faults.lock = async (...args) => {
      await gate.pass();
      return memory.lock(...args);
    };
    const call = one.token();
    await gate.arrived();
    clock.stall(5_000);
    clock.advance(0);
    gate.open();
    expect(await call).toBe('token-1');
    expect(one.eventTypes()).toEqual(['token.obtained']);
  });

  it('a process that stood still past its deadline does not go on without the lock', async () => {
    const { clock, faults, one } = setup();
    faults.lock = async () => {
      clock.stall(10_000);
      throw new Error('down');
    };
    const refused = rejection(one.token());
    await idle();
    clock.advance(0);
    expect(await refused).toMatchObject({ code: 'TOKEN_REQUEST_TIMEOUT' });
    expect(one.source.history).toEqual([]);
  });

  it('two instances that renew without a working lock use one token afterwards', async () => {
    const { one, other, faults } = setup();
    faults.lock = () => Promise.resolve({ release: () => Promise.resolve() });
    one.source.holdAnswers();
    other.source.holdAnswers();
    const tokens = Promise.all([one.token(), other.token()]);
    await idle();
    one.source.latest.grant({ accessToken: 'of-one' });
    await idle();
    other.source.latest.grant({ accessToken: 'of-the-other' });
    expect(await tokens).toEqual(['of-one', 'of-one']);
  });

  it('an instance takes a token from the store without asking for the lock', async () => {
    const { one, other, faults } = setup();
    await one.token();
    let locks = 0;
    faults.lock = () => {
      locks++;
      return fail();
    };
    expect(await other.token()).toBe('token-1');
    expect(locks).toBe(0);
  });
});

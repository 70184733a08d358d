import { MessageChannel } from 'node:worker_threads';

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { instant, systemClock } from '../../lib/util/clock.js';

describe('the clock of this process, under the fake timers of a user', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 1_000 }));
  afterEach(() => void jest.useRealTimers());

  it('the system clock follows the fake timers of a test', () => {
    const before = instant(systemClock);
    jest.advanceTimersByTime(500);
    const after = instant(systemClock);
    expect([before.wall, after.wall, after.monotonic - before.monotonic]).toEqual([
      1_000, 1_500, 500,
    ]);
  });

  it('a timer of the system clock fires once, when it is due', () => {
    let calls = 0;
    systemClock.after(500, () => calls++);
    jest.advanceTimersByTime(499);
    expect(calls).toBe(0);
    jest.advanceTimersByTime(5_000);
    expect(calls).toBe(1);
  });

  it('a cancelled timer does not fire and leaves no timer behind', () => {
    let calls = 0;
    systemClock.after(500, () => calls++)();
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(5_000);
    expect(calls).toBe(0);
  });
});

describe('a timer of any length', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 1_000 }));
  afterEach(() => void jest.useRealTimers());

  it.each([2_147_483_647, 2_147_483_648, 4_294_967_296, 5_000_000_000.5, 1e12])(
    'a timer of %d ms fires then and not before',
    (ms) => {
      let calls = 0;
      systemClock.after(ms, () => calls++);
      jest.advanceTimersByTime(Math.floor(ms) - 1);
      expect(calls).toBe(0);
      jest.advanceTimersByTime(50);
      expect(calls).toBe(1);
      expect(jest.getTimerCount()).toBe(0);
    },
  );

  it.each([Infinity, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER])(
    'a timer of %d ms does not fire within a year and can be cancelled then',
    (ms) => {
      let calls = 0;
      const cancel = systemClock.after(ms, () => calls++);
      jest.advanceTimersByTime(31_536_000_000);
      expect([calls, jest.getTimerCount()]).toEqual([0, 1]);
      cancel();
      expect(jest.getTimerCount()).toBe(0);
    },
  );

  it.each([0, -1, -Infinity, NaN, -(2 ** 40)])('a timer of %d ms fires at once', (ms) => {
    let calls = 0;
    systemClock.after(ms, () => calls++);
    jest.advanceTimersByTime(1);
    expect(calls).toBe(1);
  });
});

describe('the clock of a process that stood still', () => {
  it('after the process was blocked, pending events run before a late timer', async () => {
    const { port1, port2 } = new MessageChannel();
    const order: string[] = [];
    const all = new Promise<void>((resolve) => {
      const note = (what: string) => void (order.push(what) === 2 && resolve());
      port2.on('message', () => note('answer'));
      systemClock.after(30, () => note('deadline'));
    });
    port1.postMessage('answer');
    for (const end = performance.now() + 100; performance.now() < end;);
    await all;
    port1.close();
    expect(order).toEqual(['answer', 'deadline']);
  });

  it('a late timer that a pending event cancels does not fire', async () => {
    let calls = 0;
    const cancel = systemClock.after(10, () => calls++);
    const soon = new Promise((resolve) => setTimeout(resolve, 11));
    for (const end = performance.now() + 100; performance.now() < end;);
    await soon;
    cancel();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(calls).toBe(0);
  });
});

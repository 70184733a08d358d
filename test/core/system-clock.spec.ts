import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { instant, systemClock } from '../../lib/core/clock.js';

describe('the clock of this process, under the fake timers of a user', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 1_000 }));
  afterEach(() => void jest.useRealTimers());

  it('goes with them', () => {
    const before = instant(systemClock);
    jest.advanceTimersByTime(500);
    const after = instant(systemClock);
    expect([before.wall, after.wall, after.monotonic - before.monotonic]).toEqual([
      1_000, 1_500, 500,
    ]);
  });

  it('calls once, when the time has come', () => {
    let calls = 0;
    systemClock.after(500, () => calls++);
    jest.advanceTimersByTime(499);
    expect(calls).toBe(0);
    jest.advanceTimersByTime(5_000);
    expect(calls).toBe(1);
  });

  it('does not call what was cancelled, and leaves no timer', () => {
    let calls = 0;
    systemClock.after(500, () => calls++)();
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(5_000);
    expect(calls).toBe(0);
  });
});

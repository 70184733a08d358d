/**
 * The time that the library lives by. Inject your own in tests.
 *
 * Two clocks, because each lies in its own way: the wall clock may be set back, the monotonic one
 * stands still while the machine is suspended.
 */
export interface Clock {
  /** Wall clock, in milliseconds since the epoch. */
  now(): number;
  /** Monotonic clock, in milliseconds since an arbitrary start. */
  monotonic(): number;
  /**
   * Calls `callback` once after `ms` milliseconds; the returned function cancels it.
   *
   * @param background whether the process may end before. Default `false`
   */
  after(ms: number, callback: () => void, background?: boolean): () => void;
}

/** A moment on both clocks. */
export interface Instant {
  /** Milliseconds since the epoch. */
  readonly wall: number;
  /** Milliseconds of {@link Clock.monotonic}. */
  readonly monotonic: number;
}

/** The clocks and timers of this process. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback, background = false) {
    const timer = setTimeout(callback, ms);
    if (background) timer.unref();
    return () => clearTimeout(timer);
  },
};

export function instant(clock: Clock): Instant {
  return { wall: clock.now(), monotonic: clock.monotonic() };
}

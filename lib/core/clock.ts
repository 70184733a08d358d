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

/** Milliseconds by which a timer is late where the process was stopped or blocked, and those it waits then. */
const STALL = 20;

/**
 * The clocks and timers of this process. After a standstill what has arrived meanwhile comes first: an
 * answer that was in time must not be lost to its deadline.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback, background = false) {
    const due = performance.now() + ms;
    let late: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => {
      if (performance.now() - due < STALL) return callback();
      late = setTimeout(callback, STALL);
      if (background) late.unref();
    }, ms);
    if (background) timer.unref();
    return () => {
      clearTimeout(timer);
      clearTimeout(late);
    };
  },
};

export function instant(clock: Clock): Instant {
  return { wall: clock.now(), monotonic: clock.monotonic() };
}

/** Milliseconds since a moment, by the clock that has gone further. */
export function passedSince({ wall, monotonic }: Instant, clock: Clock): number {
  return Math.max(clock.now() - wall, clock.monotonic() - monotonic);
}

/**
 * The clocks and timers of the library. Tests may inject their own.
 *
 * There are two clocks because either can be wrong: the wall clock may be set back, and the monotonic clock stops while
 * the machine is suspended.
 */
export interface Clock {
  /** Wall clock, in milliseconds since the epoch. */
  now(): number;
  /** Monotonic clock, in milliseconds since an arbitrary start. */
  monotonic(): number;
  /**
   * Calls `callback` once after `ms` milliseconds. The returned function cancels it. `Infinity` never fires; a negative
   * number or `NaN` fires at once.
   *
   * @param purpose `limit`: something else is over then, such as a wait for a response. `pause`: nothing happens until
   *   then, as between two attempts; the clock of a test may skip it. `background`: nobody waits, and the process may
   *   end before. Default `limit`
   */
  after(ms: number, callback: () => void, purpose?: 'limit' | 'pause' | 'background'): () => void;
}

/** A moment on both clocks. */
export interface Instant {
  /** Milliseconds since the epoch. */
  readonly wall: number;
  /** Milliseconds of {@link Clock.monotonic}. */
  readonly monotonic: number;
}

/** Milliseconds. A timer that is this late shows that the process was blocked, and waits as long once more. */
const STALL = 20;

/** The longest delay of a timer in milliseconds. With a longer one, `setTimeout` fires at once. */
export const LONGEST_TIMER = 2_147_483_647;

/**
 * The clocks and timers of this process. A timer that is late because the process was blocked lets pending events run
 * first, so that a response that arrived in time is not lost to its deadline.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback, purpose) {
    const delay = Math.max(0, ms) || 0;
    const due = performance.now() + delay;
    let timer: NodeJS.Timeout;
    const set = (then: () => void, delay: number) => {
      timer = setTimeout(then, delay);
      if (purpose === 'background') timer.unref();
    };
    const fire = () => {
      if (performance.now() - due < STALL) callback();
      else set(callback, STALL);
    };
    const wait = (left: number) => {
      if (left <= LONGEST_TIMER) set(fire, left);
      else set(() => wait(Math.max(0, Math.ceil(due - performance.now()))), LONGEST_TIMER);
    };
    wait(delay);
    return () => clearTimeout(timer);
  },
};

export function instant(clock: Clock): Instant {
  return { wall: clock.now(), monotonic: clock.monotonic() };
}

/** Milliseconds since a moment, by the clock that counts more. */
export function passedSince({ wall, monotonic }: Instant, clock: Clock): number {
  return Math.max(clock.now() - wall, clock.monotonic() - monotonic);
}

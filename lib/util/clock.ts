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
   * Calls `callback` once after `ms` milliseconds; the returned function cancels it. Any number is a
   * time: `Infinity` never comes, and a negative one or `NaN` comes at once.
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

/** The longest delay that a timer takes: with a longer one it fires at once. */
export const LONGEST_TIMER = 2_147_483_647;

/**
 * The clocks and timers of this process. After a standstill what has arrived meanwhile comes first: an
 * answer that was in time must not be lost to its deadline.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback, background = false) {
    const delay = Math.max(0, ms) || 0;
    const due = performance.now() + delay;
    let timer: NodeJS.Timeout;
    const set = (then: () => void, delay: number) => {
      timer = setTimeout(then, delay);
      if (background) timer.unref();
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

/** Milliseconds since a moment, by the clock that has gone further. */
export function passedSince({ wall, monotonic }: Instant, clock: Clock): number {
  return Math.max(clock.now() - wall, clock.monotonic() - monotonic);
}

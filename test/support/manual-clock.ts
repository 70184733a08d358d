import type { Clock } from '../../lib/util/clock.js';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that a test moves by hand. Timers fire when time passes them, in their order. */
export class ManualClock implements Clock {
  #wall = Date.UTC(2026, 0, 1);
  #monotonic = 1_000_000;
  #timers: Timer[] = [];
  readonly #watchers: { isSet: (ms: number) => boolean; resolve: () => void }[] = [];

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#monotonic + ms, callback };
    this.#timers.push(timer);
    for (const watcher of this.#watchers) if (watcher.isSet(ms)) watcher.resolve();
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Timers that are set and neither fired nor cancelled. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Lets time pass on both clocks. */
  advance(ms: number): void {
    const end = this.#monotonic + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#pass(Math.max(0, due.at - this.#monotonic));
      due.callback();
    }
    this.#pass(end - this.#monotonic);
  }

  /** The process stands still: its timers fire late, with the next `advance`. */
  stall(ms: number): void {
    this.#pass(ms);
  }

  /** Lets time pass until the next timer fires. */
  advanceToTimer(): void {
    const next = Math.min(...this.#timers.map(({ at }) => at));
    if (Number.isFinite(next)) this.advance(Math.max(0, next - this.#monotonic));
  }

  /** Sets the wall clock forward or back; the monotonic one does not notice. */
  setWall(byMs: number): void {
    this.#wall += byMs;
  }

  /** Resolves when somebody sets a timer of a length that `isSet` accepts. */
  timerSet(isSet: (ms: number) => boolean): Promise<void> {
    return new Promise((resolve) => this.#watchers.push({ isSet, resolve }));
  }

  #pass(ms: number): void {
    this.#wall += ms;
    this.#monotonic += ms;
  }
}

/** A manual clock on which waits shorter than five seconds are over at once, such as those of retries. */
export class HastyClock extends ManualClock {
  override after(ms: number, callback: () => void): () => void {
    const cancel = super.after(ms, callback);
    if (ms >= 5_000) return cancel;
    const skip = setImmediate(() => this.advance(ms));
    return () => {
      clearImmediate(skip);
      cancel();
    };
  }
}

/** A clock that keeps real time but skips the waits shorter than `limit`: retries come at once. */
export function impatientClock(limit = 5_000): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after(ms, callback) {
      const timer = ms < limit ? setImmediate(callback) : setTimeout(callback, ms);
      return () =>
        ms < limit
          ? clearImmediate(timer as NodeJS.Immediate)
          : clearTimeout(timer as NodeJS.Timeout);
    },
  };
}

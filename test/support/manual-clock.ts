import { TestClock } from '../../lib/testing/test-clock.js';
import type { Clock } from '../../lib/util/clock.js';

/** The clock of the test kit at a fixed time, with pauses that a test ends by hand, too. */
export class ManualClock extends TestClock {
  readonly #watchers: { isSet: (ms: number) => boolean; resolve: () => void }[] = [];

  protected readonly skipsPauses: boolean = false;

  constructor() {
    super(Date.UTC(2026, 0, 1));
  }

  override after(...[ms, callback, purpose]: Parameters<Clock['after']>): () => void {
    const cancel = super.after(ms, callback, this.skipsPauses ? purpose : 'limit');
    for (const watcher of this.#watchers) if (watcher.isSet(ms)) watcher.resolve();
    return cancel;
  }

  /** Timers that are set and neither fired nor cancelled. */
  get pending(): number {
    return this.timers.length;
  }

  /** The process stands still: its timers fire late, with the next `advance`. */
  stall(ms: number): void {
    this.pass(ms);
  }

  /** Lets time pass until the next timer fires. */
  advanceToTimer(): void {
    const next = Math.min(...this.timers.map(({ at }) => at));
    if (Number.isFinite(next)) this.advance(Math.max(0, next - this.monotonic()));
  }

  /** Sets the wall clock forward or back; the monotonic one does not notice. */
  setWall(byMs: number): void {
    this.wall += byMs;
  }

  /** Resolves when somebody sets a timer of a length that `isSet` accepts. */
  timerSet(isSet: (ms: number) => boolean): Promise<void> {
    return new Promise((resolve) => this.#watchers.push({ isSet, resolve }));
  }
}

/** A manual clock that skips pauses, such as those between attempts. */
export class HastyClock extends ManualClock {
  protected override readonly skipsPauses = true;
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

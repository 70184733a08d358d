import type { Clock } from '../util/clock.js';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until a test moves it. Give it to the app, and its tokens expire when you say so:
 *
 * ```ts
 * const clock = new TestClock();
 * Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(OAUTH2_RUNTIME)
 *   .useValue(clock.runtime);
 * clock.advance(3_600_000);
 * ```
 *
 * Only the pauses between two attempts of a renewal take no real time: the clock moves by their length. So a test of an
 * outage neither waits nor moves the clock.
 */
export class TestClock implements Clock {
  /** @internal */
  protected timers: Timer[] = [];
  /** @internal Milliseconds since the epoch. */
  protected wall: number;
  #monotonic = 1_000_000;

  /** @param now milliseconds since the epoch. Default: the time of this machine */
  constructor(now: number = Date.now()) {
    this.wall = now;
  }

  /** The value for `overrideProvider(OAUTH2_RUNTIME)`. Its random numbers are all 0.5. */
  get runtime(): { readonly clock: Clock; readonly random: () => number } {
    return { clock: this, random: () => 0.5 };
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.wall;
  }

  /** Milliseconds since an arbitrary start. */
  monotonic(): number {
    return this.#monotonic;
  }

  /** Called by the module. */
  after(ms: number, callback: () => void, purpose?: Parameters<Clock['after']>[2]): () => void {
    const timer = { at: this.#monotonic + ms, callback };
    this.timers.push(timer);
    const skip =
      purpose === 'pause'
        ? setTimeout(() => this.advance(timer.at - this.#monotonic), 1)
        : undefined;
    return () => {
      clearTimeout(skip);
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /**
   * Lets time pass. Whatever waits until then goes on, in its order.
   *
   * @param ms milliseconds
   */
  advance(ms: number): void {
    const end = this.#monotonic + ms;
    for (;;) {
      const due = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.timers = this.timers.filter((timer) => timer !== due);
      this.pass(Math.max(0, due.at - this.#monotonic));
      due.callback();
    }
    this.pass(Math.max(0, end - this.#monotonic));
  }

  /** Lets time pass on both clocks without a timer. @internal */
  protected pass(ms: number): void {
    this.wall += ms;
    this.#monotonic += ms;
  }
}

import type { AttemptCall } from '../core/attempts.js';
import type { Clock } from '../util/clock.js';
import { untilAborted } from '../util/waiting.js';

/**
 * How many requests a vendor allows in a period. Token requests, steps and revocations of all accounts in this process
 * count. Further requests wait if the deadline of their renewal allows it; otherwise the renewal fails with `THROTTLED`.
 */
export interface QuotaOptions {
  /** 1 to 1,000,000. */
  readonly requests: number;
  /** 1 to 2,592,000, which is 30 days. */
  readonly seconds: number;
}

/** The limits of a vendor. */
export interface Limits {
  readonly quota?: QuotaOptions | undefined;
  /** How many requests run at the same time. */
  readonly concurrency?: number | undefined;
}

/** A limit does not allow a request before its deadline. */
export class LimitReached extends Error {
  constructor(
    readonly limit: keyof Limits,
    /** Seconds until the limit may allow a request. */
    readonly retryAfter: number,
  ) {
    super('no request is allowed before the deadline');
  }
}

interface Waiter {
  readonly deadline: number;
  readonly admit: () => void;
  readonly refuse: (reason: LimitReached) => void;
}

/** Delays the requests of one provider so that they stay within the limits of its vendor. First come, first served. */
export class VendorQueue {
  /** The monotonic times of the requests in the last period, in milliseconds. */
  readonly #sent: number[] = [];
  readonly #waiting = new Set<Waiter>();
  #running = 0;
  #stopTimer: (() => void) | undefined = undefined;

  constructor(
    private readonly limits: Limits,
    private readonly clock: Clock,
  ) {}

  /**
   * Waits for a turn to send one request.
   *
   * @returns a function that ends the turn
   *
   * @throws {LimitReached} if there is no turn before the deadline of the call. If its signal aborts, the promise
   * rejects with the reason of the signal.
   */
  async turn({ signal, deadline }: AttemptCall): Promise<() => void> {
    const wait = this.#quotaWait(this.#waiting.size);
    if (this.clock.monotonic() + wait >= deadline) throw new LimitReached('quota', seconds(wait));
    await untilAborted<void>(signal, (admit, refuse) => {
      const waiter = { deadline, admit, refuse };
      this.#waiting.add(waiter);
      this.#advance();
      return () => {
        this.#waiting.delete(waiter);
        this.#advance();
      };
    });
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#running--;
      this.#advance();
    };
  }

  /** Admits every request that may be sent, and sets a timer for the next one if it waits for the quota. */
  #advance(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    for (const waiter of this.#waiting) {
      if (this.#running >= (this.limits.concurrency ?? Infinity)) return;
      const now = this.clock.monotonic();
      const wait = this.#quotaWait(0);
      const isLate = now + wait >= waiter.deadline;
      if (wait > 0 && !isLate) {
        this.#stopTimer = this.clock.after(wait, () => this.#advance(), 'pause');
        return;
      }
      this.#waiting.delete(waiter);
      if (isLate) {
        waiter.refuse(new LimitReached(wait > 0 ? 'quota' : 'concurrency', seconds(wait)));
        continue;
      }
      this.#running++;
      if (this.limits.quota) this.#sent.push(now);
      waiter.admit();
    }
  }

  /** Milliseconds until the quota allows a request that has `before` others before it. */
  #quotaWait(before: number): number {
    const { quota } = this.limits;
    if (!quota) return 0;
    const now = this.clock.monotonic();
    const period = quota.seconds * 1_000;
    const firstLive = this.#sent.findIndex((at) => at > now - period);
    this.#sent.splice(0, firstLive < 0 ? this.#sent.length : firstLive);
    // Each period allows as many requests as the quota says, in the order in which the last ones were sent.
    const periods = Math.floor(before / quota.requests) + 1;
    const follows = this.#sent[this.#sent.length + before - periods * quota.requests];
    return follows === undefined ? (periods - 1) * period : follows + periods * period - now;
  }
}

function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}

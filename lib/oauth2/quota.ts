import type { Clock } from '../core/clock.js';

/**
 * How many requests a vendor allows in how many seconds: token requests, steps and revocations of all
 * accounts, as this process counts them. Beyond it a renewal fails with `THROTTLED`.
 */
export interface QuotaOptions {
  /** 1 to 1,000,000. */
  readonly requests: number;
  /** 1 to 2,592,000, which is 30 days. */
  readonly seconds: number;
}

/** Counts the requests of one provider against what its vendor allows. */
export class Quota {
  /** When the requests of the last period were made, in monotonic milliseconds. */
  readonly #made: number[] = [];

  constructor(
    private readonly options: QuotaOptions,
    private readonly clock: Clock,
  ) {}

  /** Counts one more request; where the quota is used up, the seconds until it is not. */
  take(): number | undefined {
    const now = this.clock.monotonic();
    const period = this.options.seconds * 1_000;
    const firstLive = this.#made.findIndex((at) => at > now - period);
    this.#made.splice(0, firstLive < 0 ? this.#made.length : firstLive);
    if (this.#made.length < this.options.requests) {
      this.#made.push(now);
      return undefined;
    }
    return Math.max(1, Math.ceil((this.#made[0]! + period - now) / 1_000));
  }
}

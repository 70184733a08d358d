/** An outage that is over. */
export interface Recovery {
  /** Seconds since the first renewal that failed. */
  readonly seconds: number;
  /** Renewals that failed. */
  readonly renewals: number;
  /** Calls that failed. */
  readonly calls: number;
}

/** The time in which an account gets no new token: from the first failed renewal to the next token. */
export class Outage {
  #renewals = 0;
  #calls = 0;
  #code: string | undefined = undefined;
  #serving: boolean | undefined = undefined;

  /** @param since monotonic milliseconds */
  constructor(private readonly since: number) {}

  /**
   * Counts a failed renewal.
   *
   * @param serving whether an older token serves the callers
   * @returns whether code and `serving` are the same as the last time
   */
  renewalFailed(code: string, serving: boolean): boolean {
    const isSame = code === this.#code && serving === this.#serving;
    this.#renewals++;
    this.#code = code;
    this.#serving = serving;
    return isSame;
  }

  /**
   * Counts a failed call.
   *
   * @returns whether an older token has served the calls until now
   */
  callFailed(): boolean {
    const wasServing = this.#serving === true;
    this.#calls++;
    this.#serving = false;
    return wasServing;
  }

  /** @param now monotonic milliseconds */
  endsAt(now: number): Recovery {
    const seconds = Math.ceil((now - this.since) / 1_000);
    return { seconds, renewals: this.#renewals, calls: this.#calls };
  }
}

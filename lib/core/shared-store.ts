import type { Clock } from './clock.js';
import type { TokenStore } from './token-store.js';
import { withDeadline } from './waiting.js';

/** Milliseconds that the store may take for one operation. */
const OPERATION = 250;

/** Milliseconds for which a store that has failed is left alone. */
const LEFT_ALONE = 1_000;

/** Milliseconds until a write that has failed is tried again, doubled each time. */
const RETRY = { first: 1_000, longest: 30_000 };

/** In place of what the store would have said. */
export const UNAVAILABLE = Symbol('the store is unavailable');

/**
 * A store with a deadline on everything that is asked of it. One that has failed is left alone for a
 * second, so that not every renewal waits for it. Its errors may quote a connection string, so they go
 * no further.
 */
export class SharedStore {
  #notBefore = -Infinity;
  readonly #unsaved = new Map<string, (store: TokenStore) => Promise<unknown>>();
  #retries = 0;
  #stopRetrying: (() => void) | undefined = undefined;
  #flushing: Promise<void> | undefined = undefined;

  constructor(
    private readonly store: TokenStore,
    private readonly clock: Clock,
  ) {}

  /** @param onFailure called if the store was asked and failed */
  async ask<T>(
    operation: (store: TokenStore) => Promise<T>,
    onFailure: () => void,
  ): Promise<T | typeof UNAVAILABLE> {
    if (this.clock.monotonic() < this.#notBefore) return UNAVAILABLE;
    const answer = await this.insist(operation, onFailure);
    if (answer === UNAVAILABLE) this.#notBefore = this.clock.monotonic() + LEFT_ALONE;
    return answer;
  }

  /** The same for what must be tried although the store is left alone. */
  async insist<T>(
    operation: (store: TokenStore) => Promise<T>,
    onFailure: () => void,
  ): Promise<T | typeof UNAVAILABLE> {
    try {
      return await withDeadline(
        this.clock,
        OPERATION,
        () => new Error('timeout'),
        async () => operation(this.store),
      );
    } catch {
      onFailure();
      return UNAVAILABLE;
    }
  }

  /**
   * Tries a write again until the store has carried it out, for what would be lost with this process.
   *
   * @param key what it is about: a later write takes the place of an earlier one
   */
  saveLater(key: string, write: (store: TokenStore) => Promise<unknown>): void {
    this.#unsaved.set(key, write);
    this.#stopRetrying ??= this.#retryLater();
  }

  /** Tries once more what is left to write. */
  flush(): Promise<void> {
    this.#flushing ??= this.#writeAll().finally(() => (this.#flushing = undefined));
    return this.#flushing;
  }

  async #writeAll(): Promise<void> {
    this.#stopRetrying?.();
    this.#stopRetrying = undefined;
    await Promise.all([...this.#unsaved].map(([key, write]) => this.#save(key, write)));
    if (this.#unsaved.size > 0) this.#stopRetrying = this.#retryLater();
    else this.#retries = 0;
  }

  async #save(key: string, write: (store: TokenStore) => Promise<unknown>): Promise<void> {
    const answer = await this.insist(write, () => {});
    if (answer !== UNAVAILABLE && this.#unsaved.get(key) === write) this.#unsaved.delete(key);
  }

  #retryLater(): () => void {
    const delay = Math.min(RETRY.first * 2 ** this.#retries++, RETRY.longest);
    return this.clock.after(delay, () => void this.flush(), true);
  }
}

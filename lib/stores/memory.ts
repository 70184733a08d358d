import { systemClock, type Clock } from '../util/clock.js';
import type { TokenSet } from '../core/token-set.js';
import type { StoredAccount, StoredFailure, TokenLock, TokenStore } from '../core/token-store.js';

/**
 * Stores token sets in the memory of this process. Share one instance among several modules that use the same
 * accounts. A single module needs no store.
 */
export class MemoryTokenStore implements TokenStore {
  readonly #entries = new Map<string, { readonly tokens: TokenSet; readonly version: string }>();
  readonly #failures = new Map<
    string,
    { readonly failure: StoredFailure; readonly until: number }
  >();
  readonly #locks = new Map<string, { until: number }>();
  #writes = 0;

  constructor(private readonly clock: Clock = systemClock) {}

  async get(key: string): Promise<StoredAccount> {
    const { failure, until = -Infinity } = this.#failures.get(key) ?? {};
    const retryInMs = until - this.clock.monotonic();
    if (retryInMs <= 0) this.#failures.delete(key);
    return {
      ...this.#entries.get(key),
      ...(retryInMs > 0 && { failure: { ...failure!, retryInMs } }),
    };
  }

  async set(
    key: string,
    tokens: TokenSet,
    replaces: string | undefined,
  ): Promise<string | undefined> {
    if (this.#entries.get(key)?.version !== replaces) return undefined;
    this.#forgetExpired();
    const version = String(++this.#writes);
    this.#entries.set(key, { tokens, version });
    this.#failures.delete(key);
    return version;
  }

  async lock(key: string, ttl: number): Promise<TokenLock | 'held'> {
    const now = this.clock.monotonic();
    if ((this.#locks.get(key)?.until ?? -Infinity) > now) return 'held';
    const mine = { until: now + ttl };
    const wasAbandoned = this.#locks.has(key);
    this.#locks.set(key, mine);
    return {
      wasAbandoned,
      release: async (failure) => {
        if (this.#locks.get(key) !== mine) return;
        this.#locks.delete(key);
        if (!failure) return;
        this.#failures.set(key, { failure, until: this.clock.monotonic() + failure.retryInMs });
      },
      extend: async (ttl) => {
        mine.until = this.clock.monotonic() + ttl;
      },
    };
  }

  #forgetExpired(): void {
    const now = this.clock.now();
    for (const [key, { tokens }] of this.#entries) {
      const { refreshToken, refreshExpiresAt = refreshToken === undefined ? 0 : Infinity } = tokens;
      const refreshable = refreshExpiresAt > now;
      if (!refreshable && tokens.expiresAt <= now) this.#entries.delete(key);
    }
    for (const [key, { until }] of this.#failures) {
      if (until <= this.clock.monotonic()) this.#failures.delete(key);
    }
  }
}

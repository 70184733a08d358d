import { systemClock, type Clock } from '../core/clock.js';
import type { TokenSet } from '../core/token-set.js';
import type { StoredTokens, TokenLock, TokenStore } from '../core/token-store.js';

/**
 * Keeps token sets in the memory of this process. Give one to several modules that use the same
 * accounts; a module alone needs none.
 */
export class MemoryTokenStore implements TokenStore {
  readonly #entries = new Map<string, StoredTokens>();
  readonly #locks = new Map<string, { readonly until: number }>();
  #writes = 0;

  constructor(private readonly clock: Clock = systemClock) {}

  async get(key: string): Promise<StoredTokens | undefined> {
    return this.#entries.get(key);
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
    return version;
  }

  async lock(key: string, ttl: number): Promise<TokenLock | 'held'> {
    const now = this.clock.monotonic();
    if ((this.#locks.get(key)?.until ?? -Infinity) > now) return 'held';
    const mine = { until: now + ttl };
    this.#locks.set(key, mine);
    return {
      release: async () => {
        if (this.#locks.get(key) === mine) this.#locks.delete(key);
      },
    };
  }

  #forgetExpired(): void {
    const now = this.clock.now();
    for (const [key, { tokens }] of this.#entries) {
      const refreshable =
        tokens.refreshToken !== undefined && !((tokens.refreshExpiresAt ?? Infinity) <= now);
      if (!refreshable && tokens.expiresAt <= now) this.#entries.delete(key);
    }
  }
}

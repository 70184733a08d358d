import type { Backoff } from './backoff.js';
import { NO_ACCESS_TOKEN, REFRESH_TOKEN_LIFE, TokenSet } from '../core/token-set.js';
import { abandonable } from '../util/waiting.js';

/**
 * A refresh token family: a configured refresh token and its successors. All accounts that are configured with
 * one of them renew with the newest, one at a time, whatever their subject, scope and resource.
 */
export class RefreshTokenFamily {
  /**
   * The token set with the newest refresh token. Without a refresh token, the family is retired. `undefined`: as
   * far as this process knows, the configured refresh token has not been used yet.
   */
  newest: TokenSet | undefined = undefined;
  /** For each client, scope and resource that was refused the newest refresh token: when to try it again. */
  readonly refusals = new Map<string, Backoff>();
  /** The version of its record in the shared store, as this process last read or wrote it. */
  version: string | undefined = undefined;
  /** The store has shown that its first refresh token is a successor in another family. */
  isPartOfAnother = false;
  /** The key of the configured refresh token by which it was last found. */
  foundBy: string;
  #turn: Promise<void> = Promise.resolve();

  /** @param key of the first refresh token of the family, which is also the key of its record in the store */
  constructor(readonly key: string) {
    this.foundBy = key;
  }

  /** Continues with the refresh token that has replaced the used one. */
  continueWith(next: TokenSet): void {
    // The access token belongs to one account. It stays for vendors who want it beside the refresh token.
    this.newest = next.with({ expiresAt: 0, family: this.key });
    this.refusals.clear();
  }

  /** Stops the use of all its refresh tokens. */
  retire(): void {
    this.continueWith(
      (this.newest ?? new TokenSet({ accessToken: NO_ACCESS_TOKEN, expiresAt: 0 })).with(RETIRED),
    );
  }

  /** Its record in the shared store, which lives for as long as a used refresh token may be configured somewhere. */
  record(now: number): TokenSet | undefined {
    const life = now + REFRESH_TOKEN_LIFE;
    const isAlive = this.newest?.refreshToken !== undefined;
    return this.newest?.with(isAlive ? { expiresAt: life } : { refreshExpiresAt: life });
  }

  /** Runs `work` when no other account of the family renews. */
  async inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#turn;
    let end!: () => void;
    const turn = new Promise<void>((resolve) => (end = resolve));
    this.#turn = before.then(() => turn);
    try {
      await abandonable(before, signal);
      return await work();
    } finally {
      end();
    }
  }
}

const RETIRED = { refreshToken: undefined, refreshExpiresAt: undefined };

/** How many refresh tokens are remembered with their family. The least recently seen ones go first. */
const REMEMBERED = 50_000;

/**
 * The refresh token families that a process knows, by the key of each of their refresh tokens. A configured
 * refresh token that was used leads to its newest successor, so it is not sent again.
 */
export class RefreshTokenFamilies {
  readonly #byToken = new Map<string, RefreshTokenFamily>();

  /** The family of a refresh token, if this process knows it. */
  find(key: string): RefreshTokenFamily | undefined {
    const family = this.#byToken.get(key);
    return family && this.note(key, family);
  }

  /** Remembers that a refresh token belongs to a family. */
  note(key: string, family: RefreshTokenFamily): RefreshTokenFamily {
    this.#byToken.delete(key);
    this.#byToken.set(key, family);
    const [oldest] = this.#byToken.keys();
    if (this.#byToken.size > REMEMBERED) this.#byToken.delete(oldest!);
    return family;
  }

  /** Forgets the family of a refresh token: the shared store has another one. */
  forget(key: string): void {
    this.#byToken.delete(key);
  }
}

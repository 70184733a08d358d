import type { Backoff } from './backoff.js';
import { NO_ACCESS_TOKEN, REFRESH_TOKEN_LIFE, TokenSet } from '../core/token-set.js';
import { abandonable } from '../util/waiting.js';

/**
 * A refresh token family: a configured refresh token and those that came of it. All accounts that are
 * configured with one of them renew by the newest, one at a time, whatever their subject, scope and resource.
 */
export class RefreshChain {
  /**
   * The token set with the newest refresh token. If it has no refresh token, the family has ended. `undefined`:
   * as far as this process knows, the configured refresh token has not been used yet.
   */
  newest: TokenSet | undefined = undefined;
  /** Who was refused the newest refresh token, and when it may be tried again there. */
  readonly refusals = new Map<string, Backoff>();
  /** Of its record in the shared store, as it was last read or written. */
  version: string | undefined = undefined;
  /** The store has shown since that its first refresh token is a successor in another family. */
  isPartOfAnother = false;
  /** The key of the refresh token that was configured when it was last asked for. */
  foundBy: string;
  #turn: Promise<void> = Promise.resolve();

  /** @param key of the refresh token that the family began with, which its record in the store has, too */
  constructor(readonly key: string) {
    this.foundBy = key;
  }

  /** Goes on with the refresh token that took the place of the one that was used. */
  goOn(next: TokenSet): void {
    // Its access token is that of one account: it is only for vendors who want it beside the refresh token.
    this.newest = next.with({ expiresAt: 0, family: this.key });
    this.refusals.clear();
  }

  /** Gives the family up: none of its refresh tokens is sent any more. */
  end(): void {
    this.goOn(
      (this.newest ?? new TokenSet({ accessToken: NO_ACCESS_TOKEN, expiresAt: 0 })).with(ENDED),
    );
  }

  /** What the shared store keeps of it: for as long as a used refresh token may still be configured somewhere. */
  record(now: number): TokenSet | undefined {
    const life = now + REFRESH_TOKEN_LIFE;
    const isAlive = this.newest?.refreshToken !== undefined;
    return this.newest?.with(isAlive ? { expiresAt: life } : { refreshExpiresAt: life });
  }

  /** Runs `work` when no other account of the family is at it. */
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

const ENDED = { refreshToken: undefined, refreshExpiresAt: undefined };

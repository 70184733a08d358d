import type { TokenSet } from './token-set.js';

/** A token set as a store keeps it. */
export interface StoredTokens {
  readonly tokens: TokenSet;
  /** Changes with every write; what a later write compares. */
  readonly version: string;
}

/** A lock that is held. */
export interface TokenLock {
  /** Lets it go, if it is still ours. */
  release(): Promise<void>;
}

/**
 * Where the token sets of several modules or instances live, so that what one has obtained serves all.
 * A provider keeps what it uses in memory of its own and asks the store only when it must renew.
 *
 * A key names an account together with the credentials it was obtained with; it is a digest and
 * tells neither. A store may forget a token set at any time, and must forget it when its access
 * token has expired and it holds no refresh token.
 */
export interface TokenStore {
  get(key: string): Promise<StoredTokens | undefined>;
  /**
   * Writes, unless somebody else has written since `replaces` was read.
   *
   * @param replaces version of the token set that was renewed; `undefined`: there was none
   * @returns the new version, or `undefined` if another version is there now
   */
  set(key: string, tokens: TokenSet, replaces: string | undefined): Promise<string | undefined>;
  /**
   * Takes the lock of a key, which ends by itself after `ttl` milliseconds. Only an optimisation:
   * versions keep a lost lock from doing harm.
   *
   * @returns the lock, or `'held'` while somebody else has it; rejects if the store cannot tell
   */
  lock(key: string, ttl: number): Promise<TokenLock | 'held'>;
}

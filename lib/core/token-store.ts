import type { OAuth2ErrorDetails } from './errors.js';
import type { TokenSet } from './token-set.js';

/** What a store knows of an account. */
export interface StoredAccount {
  /** `undefined`: there are none, or they cannot be read. */
  readonly tokens?: TokenSet | undefined;
  /** Changes with every write; what a later write compares. `undefined`: nothing was written. */
  readonly version?: string | undefined;
  /** The store knows that a newer version was there: something has brought an old one back. */
  readonly isOutdated?: boolean | undefined;
  /** What the last holder of the lock met instead of tokens, as long as it keeps others from asking. */
  readonly failure?: StoredFailure | undefined;
}

/** A failed renewal, told to the others who would meet the same. Holds no secret. */
export interface StoredFailure {
  readonly details: OAuth2ErrorDetails;
  /** Milliseconds until somebody may ask again. */
  readonly retryInMs: number;
}

/** A lock that is held. */
export interface TokenLock {
  /** Its last holder has not released it: it died, or was frozen for longer than it may hold it. */
  readonly wasAbandoned?: boolean | undefined;
  /**
   * Lets it go, if it is still ours.
   *
   * @param failure what came of the renewal, if that is no tokens: kept for its `retryInMs`
   */
  release(failure?: StoredFailure): Promise<void>;
  /**
   * Makes it last for `ttl` milliseconds from now, if it is still ours. Asked for while tokens cannot be
   * written yet; without it the lock ends as it was asked for.
   */
  extend?(ttl: number): Promise<void>;
}

/**
 * Where the token sets of several modules or instances live, so that what one has obtained serves all.
 * A provider keeps what it uses in memory of its own and asks the store only when it must renew.
 *
 * A key names an account together with the credentials it was obtained with; it is a digest and
 * tells neither, but whoever guesses them all can compute it. A store may forget a token set at any
 * time, and must forget it when its access token has expired and it holds no refresh token, unless its
 * `refreshExpiresAt` is still to come: then it is there to say that what others have was ended.
 *
 * Each operation is given 250 ms. One that rejects is no harm: renewals that can be repeated go on
 * without the store, and refresh tokens wait for it.
 */
export interface TokenStore {
  /** Where the store is, such as `host:port`: the log shows it when the store fails. Holds no secret. */
  readonly address?: string | undefined;
  /** @returns what is there; an empty object if nothing is */
  get(key: string): Promise<StoredAccount>;
  /**
   * Writes, unless somebody else has written since `replaces` was read. A failure that was left there
   * is over.
   *
   * @param replaces version of the token set that was renewed; `undefined`: there was none
   * @returns the new version, which no other write of any key has; `undefined` if another one is there now
   */
  set(key: string, tokens: TokenSet, replaces: string | undefined): Promise<string | undefined>;
  /**
   * Takes the lock of a key, which ends by itself after `ttl` milliseconds. Only an optimisation:
   * versions keep a lost lock from doing harm.
   *
   * @returns the lock, or `'held'` while somebody else has it; rejects if the store cannot tell, and then
   * sees to it that a lock that was taken nevertheless is released
   */
  lock(key: string, ttl: number): Promise<TokenLock | 'held'>;
}

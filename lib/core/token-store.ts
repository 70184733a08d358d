import type { OAuth2ErrorDetails } from './errors.js';
import type { TokenSet } from './token-set.js';

/** The record of an account in a store. */
export interface StoredAccount {
  /** `undefined`: there are none, or the store cannot read them. */
  readonly tokens?: TokenSet | undefined;
  /** Changes with every write, and a later write compares it. `undefined`: there is no record. */
  readonly version?: string | undefined;
  /** The store knows that it had a newer version: something has restored an old one. */
  readonly isOutdated?: boolean | undefined;
  /** Why the last renewal failed, for as long as this keeps other instances from asking. */
  readonly failure?: StoredFailure | undefined;
}

/** A failed renewal, for other instances that would fail in the same way. It holds no secret. */
export interface StoredFailure {
  readonly details: OAuth2ErrorDetails;
  /** Milliseconds until another instance may ask again. */
  readonly retryInMs: number;
}

/** A lock that is held. */
export interface TokenLock {
  /** Its last holder has not released it: it has died, or was stopped for longer than the lock lived. */
  readonly wasAbandoned?: boolean | undefined;
  /**
   * Releases the lock, if this instance still holds it.
   *
   * @param failure why the renewal failed. The store keeps it for its `retryInMs`
   */
  release(failure?: StoredFailure): Promise<void>;
  /**
   * Extends the lock to `ttl` milliseconds from now, if this instance still holds it. It is called while tokens cannot be
   * written. Without this method the lock ends after its first `ttl`.
   */
  extend?(ttl: number): Promise<void>;
}

/**
 * Where several modules or instances share their token sets, so that a token that one has obtained serves all. A
 * provider keeps the tokens that it uses in its own memory, and asks the store only when it must renew.
 *
 * A key names an account together with the credentials of its tokens. It is a digest and shows neither, but whoever
 * guesses them all can compute it. A store may forget a token set at any time. It must forget one whose access token
 * has expired and that has no refresh token, unless its `refreshExpiresAt` is in the future: such a token set is a
 * tombstone, which tells other instances that their tokens have ended.
 *
 * Each operation may take 250 ms. An operation that rejects does no harm: logins go on without the store, and refresh
 * tokens wait for it.
 */
export interface TokenStore {
  /** The address of the store, such as `host:port`. The log shows it when the store fails. It holds no secret. */
  readonly address?: string | undefined;
  /** @returns the record; an empty object if there is none */
  get(key: string): Promise<StoredAccount>;
  /**
   * Writes, unless another instance has written since `replaces` was read. It removes a failure from the record.
   *
   * @param replaces the version of the token set that was renewed; `undefined`: there was none
   * @returns the new version, which no other write of any key has; `undefined` if the record has another version
   */
  set(key: string, tokens: TokenSet, replaces: string | undefined): Promise<string | undefined>;
  /**
   * Takes the lock of a key. The lock ends by itself after `ttl` milliseconds. If a lock is lost, the versions prevent
   * harm.
   *
   * @returns the lock, or `'held'` while another instance has it. If the store does not answer, the call rejects, and
   * the store releases a lock that was taken nevertheless
   */
  lock(key: string, ttl: number): Promise<TokenLock | 'held'>;
}

import type { OAuth2ClientError } from '../core/errors.js';
import { NO_ACCESS_TOKEN, type TokenSet } from '../core/token-set.js';
import type { Instant } from '../util/clock.js';
import type { StoredAs } from './account.js';

/** What a token endpoint granted, and when it was asked. */
export interface Granted {
  readonly tokens: TokenSet;
  readonly startedAt: Instant;
}

/** The result of a renewal. */
export interface RenewalResult extends Granted {
  /** `store`: another instance has obtained the tokens. */
  readonly by: 'login' | 'refresh' | 'store';
  /** The failed refresh after which the renewal logged in. */
  readonly failedRefresh?: OAuth2ClientError | undefined;
  /** Why the access token is not usable: the renewal has obtained only a new refresh token. */
  readonly failure?: OAuth2ClientError | undefined;
  /** The token that a login has replaced, and whose session lives on. */
  readonly replaces?: TokenSet | undefined;
  readonly stored?: StoredAs | undefined;
  /** Writes the tokens into the shared store. If another instance was first, it resolves to that one's tokens. */
  readonly save?: (() => Promise<RenewalResult>) | undefined;
}

/**
 * What a login has replaced and the vendor should end: the access token and with it the session. The refresh token is
 * left out, because at many servers its revocation ends the whole family. `undefined` if there is nothing to revoke.
 */
export function replacedBy(tokens: TokenSet, before: TokenSet | undefined): TokenSet | undefined {
  if (!before || before.accessToken === tokens.accessToken) return undefined;
  const wasRevoked = isTombstone(before) && before.refreshExpiresAt !== undefined;
  if (before.accessToken === NO_ACCESS_TOKEN || wasRevoked) return undefined;
  return before.with({ refreshToken: undefined });
}

/** Whether a token set from the store only says that its tokens have ended. */
export function isTombstone({ expiresAt, refreshToken }: TokenSet): boolean {
  return expiresAt === 0 && refreshToken === undefined;
}

/** Whether a token set has a refresh token that a login has brought. Others belong to a refresh token family. */
export function hasOwnRefreshToken(tokens: TokenSet | undefined): tokens is TokenSet {
  return tokens?.refreshToken !== undefined && tokens.family === undefined;
}

/** The tokens of an account as its record in the store has them. The refresh token of a family has its own record. */
export function recordOf(tokens: TokenSet): TokenSet {
  return tokens.family === undefined ? tokens : tokens.with({ refreshToken: undefined });
}

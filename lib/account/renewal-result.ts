import type { OAuth2ClientError } from '../core/errors.js';
import type { TokenSet } from '../core/token-set.js';
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

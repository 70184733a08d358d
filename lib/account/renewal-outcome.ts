import type { Instant } from '../util/clock.js';
import type { OAuth2ClientError } from '../core/errors.js';
import type { StoredAs } from './slot.js';
import type { TokenSet } from '../core/token-set.js';

/** What a token endpoint granted, and when it was asked. */
export interface Answer {
  readonly tokens: TokenSet;
  readonly startedAt: Instant;
}

/** What a renewal brought. */
export interface Renewal extends Answer {
  readonly by: 'login' | 'refresh' | 'store';
  /** The failed refresh that made it log in although there was a refresh token. */
  readonly refusal?: OAuth2ClientError | undefined;
  /** Why the access token is of no use: all that was obtained is a new refresh token. */
  readonly failure?: OAuth2ClientError | undefined;
  /** The token that a login has replaced, whose session lives on. */
  readonly replaces?: TokenSet | undefined;
  readonly stored?: StoredAs | undefined;
  /** Leaves the tokens in the shared store; brings what somebody else has left there meanwhile. */
  readonly keep?: (() => Promise<Renewal>) | undefined;
}

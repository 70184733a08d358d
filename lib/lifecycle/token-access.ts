import type { OAuth2ClientError, OAuth2ErrorCode } from '../core/errors.js';
import type { Freshness } from '../account/freshness.js';
import type { TokenSet } from '../core/token-set.js';
import type { TokenTarget } from '../core/token-target.js';

/** Options of one call. */
export interface GetTokenOptions extends TokenTarget {
  /**
   * Ends the wait of this caller: the call rejects with the reason of the signal. The renewal continues for other
   * callers.
   */
  readonly signal?: AbortSignal | undefined;
}

/** The state of one account, for health checks and debugging. It holds no secret. */
export interface TokenStatus {
  readonly provider: string;
  /**
   * The label of the account in errors and in the log: what the module option `accountLabel` returns, by default a
   * short keyed hash. Absent for the account of calls that name no subject, scope or resource.
   */
  readonly account?: string | undefined;
  /**
   * `up`: there is a usable token. `degraded`: an older token serves, because it cannot be renewed. `down`: there is no
   * token, because the last renewal failed. `unknown`: no call has asked for a token yet, or since the last token
   * expired.
   */
  readonly state: 'unknown' | 'up' | 'degraded' | 'down';
  /** `none`: there is no usable access token. */
  readonly token: Freshness | 'none';
  /** When the access token expires, in milliseconds since the epoch. */
  readonly expiresAt?: number | undefined;
  /** Whether a renewal is in progress. */
  readonly renewing: boolean;
  /** Failed renewals in a row. */
  readonly failures: number;
  /** Code of `error`. Reading it costs nothing, so it can be read of many accounts. */
  readonly errorCode?: OAuth2ErrorCode | undefined;
  /** The failure of the last renewal. Absent if the last renewal has succeeded. */
  readonly error?: OAuth2ClientError | undefined;
  /** Seconds until the token endpoint may be asked again, rounded up. 0: the next call may ask. */
  readonly retryAfter: number;
}

/** The calls of a `TokenProvider`. */
export interface TokenAccess {
  peek(target?: TokenTarget): TokenSet | undefined;
  getToken(options?: GetTokenOptions): Promise<TokenSet>;
  renew(rejected: TokenSet | string, options?: GetTokenOptions): Promise<TokenSet>;
  invalidate(target?: TokenTarget): void;
  revoke(options?: GetTokenOptions): Promise<void>;
  status(target?: TokenTarget): TokenStatus;
}

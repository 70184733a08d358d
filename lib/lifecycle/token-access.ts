import type { OAuth2ClientError } from '../core/errors.js';
import type { Freshness } from '../account/freshness.js';
import type { TokenSet } from '../core/token-set.js';
import type { TokenTarget } from '../core/token-target.js';

/** Options of one call. */
export interface GetTokenOptions extends TokenTarget {
  /** Ends this caller's wait, never the renewal that others share. Rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The state of one account, for health checks and debugging. Holds no secret. */
export interface TokenStatus {
  readonly provider: string;
  /**
   * How errors and the log name the account: what `accountLabel` of the module returns, by default a short
   * keyed hash. Absent for the account that has neither subject nor scope nor resource of its own.
   */
  readonly account?: string | undefined;
  /** `none`: no access token to use. */
  readonly token: Freshness | 'none';
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number | undefined;
  readonly renewing: boolean;
  /** Failed flights in a row. */
  readonly failures: number;
  /** The failure behind the current back-off. */
  readonly error?: OAuth2ClientError | undefined;
  /** Seconds until the token endpoint is asked again, rounded up, as in an error; 0: the next call may ask. */
  readonly retryAfter: number;
}

/** What can be done with the tokens of a provider. */
export interface TokenAccess {
  peek(target?: TokenTarget): TokenSet | undefined;
  getToken(options?: GetTokenOptions): Promise<TokenSet>;
  renew(rejected: TokenSet | string, options?: GetTokenOptions): Promise<TokenSet>;
  invalidate(target?: TokenTarget): void;
  revoke(options?: GetTokenOptions): Promise<void>;
  status(target?: TokenTarget): TokenStatus;
}

import type { OAuth2ClientError } from './errors.js';
import type { Freshness } from './freshness.js';
import type { TokenSet } from './token-set.js';
import type { TokenTarget } from './token-target.js';

/** Options of one call. */
export interface GetTokenOptions extends TokenTarget {
  /** Ends this caller's wait, never the renewal that others share. Rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The state of one account, for health checks and debugging. Holds no secret. */
export interface TokenStatus {
  readonly provider: string;
  /** `none`: no access token to use. */
  readonly token: Freshness | 'none';
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number | undefined;
  readonly renewing: boolean;
  /** Failed flights in a row. */
  readonly failures: number;
  /** The failure behind the current back-off. */
  readonly error?: OAuth2ClientError | undefined;
  /** Milliseconds until the token endpoint is asked again. */
  readonly retryIn: number;
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

import type { AttemptPolicy } from './attempts.js';
import type { Instant } from './clock.js';
import type { TokenSet } from './token-set.js';
import type { TokenTarget } from './token-target.js';

/** One way to get a token, ready to be tried. */
export interface TokenAttempt {
  readonly policy: AttemptPolicy;
  /** The refresh token that trying this would spend. */
  readonly spends?: string | undefined;
  /** Asks once. `startedAt` is when the token's life begins. */
  run(signal: AbortSignal, startedAt: Instant): Promise<TokenSet>;
}

/** The grants of one flight, with the credentials resolved. */
export interface PreparedGrants {
  /** Digest of the account and the credentials: what a shared store knows its token set by. */
  accountKey(): string;
  /** The base grant. */
  readonly login: TokenAttempt;
  /** Renewal with a refresh token; absent where the provider has none. */
  readonly refresh?: ((refreshToken: string) => TokenAttempt) | undefined;
}

/** Where a provider's tokens come from. */
export interface TokenSource {
  /**
   * Whether the vendor documents refreshing. Where it does not, one refusal followed by a login that
   * works settles that a slot need not try again.
   */
  readonly refreshDocumented: boolean;
  /** Whether an account whose refresh token is lost can log in again by itself. */
  readonly canLogInAgain: boolean;
  /** Resolves the credentials; called once per flight. */
  prepare(target: TokenTarget, signal: AbortSignal): Promise<PreparedGrants>;
}

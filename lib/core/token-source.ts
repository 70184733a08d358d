import type { AttemptCall, AttemptPolicy } from './attempts.js';
import type { Instant } from '../util/clock.js';
import type { OAuth2ClientError } from './errors.js';
import type { TokenSet } from './token-set.js';
import type { TokenTarget } from './token-target.js';

/** One way to get a token, ready to be tried. */
export interface TokenAttempt {
  readonly policy: AttemptPolicy;
  /** Asks once. `startedAt` is when the token's life begins. */
  run(call: AttemptCall, startedAt: Instant): Promise<TokenSet>;
}

/** Thrown by an attempt if only the refresh token of its response is usable. It must not be lost. */
export class RefreshTokenOnly extends Error {
  constructor(
    readonly failure: OAuth2ClientError,
    /** With an access token that is not to be sent. */
    readonly tokens: TokenSet,
    readonly startedAt: Instant,
  ) {
    super(failure.message);
  }
}

/** The grants of one renewal, with resolved credentials. */
export interface PreparedGrants {
  /** Digest of the account and its credentials, without a configured refresh token. */
  readonly accountKey: string;
  /** Digest of a refresh token, the same for all accounts. */
  readonly refreshTokenKey: (refreshToken: string) => string;
  /** The credentials that the functions which put a token into requests may read; absent: they read none. */
  readonly credentials?: Readonly<Record<string, string>> | undefined;
  /** The refresh token that the configuration names, for as long as the account has no newer one. */
  readonly configuredRefreshToken?: string | undefined;
  /** Renewal with a refresh token, which came with the token set `before`; absent where refresh tokens are not used. */
  readonly refresh?:
    ((refreshToken: string, before: TokenSet | undefined) => TokenAttempt) | undefined;
  /** The base grant; absent where there is nothing to log in with but a refresh token. */
  readonly login?: TokenAttempt | undefined;
}

/** The constants of a definition that belong to the keys of its accounts. */
export interface DefinitionConstants {
  /** The same for all instances of a definition, whatever these constants are. */
  readonly key: string;
  /** Their digests by their names, such as `headers.x-tenant`. */
  readonly digests: Readonly<Record<string, string>>;
}

/** Where a provider's tokens come from. */
export interface TokenSource {
  /** Who is asked for tokens, for errors: a host. */
  readonly place?: string | undefined;
  /**
   * Whether the vendor documents refreshing. If not, an account stops refreshing after one refusal that is followed by
   * a successful login.
   */
  readonly refreshDocumented: boolean;
  /** How often a token may be renewed before a new login. Default: no limit. */
  readonly refreshLimit?: number | undefined;
  /** Whether an account whose refresh token is lost can log in again by itself. */
  readonly canLogInAgain: boolean;
  /** Whether the credentials come from functions, so that new ones may end a back-off. */
  readonly credentialsMayChange: boolean;
  /** What instances of one definition must have in common to share their tokens. Default: nothing to compare. */
  readonly constants?: DefinitionConstants | undefined;
  /** Resolves the credentials. It is called once for each renewal. */
  prepare(target: TokenTarget): Promise<PreparedGrants>;
  /** Gives tokens back to the vendor, where it knows a way to. */
  readonly revoke?:
    ((tokens: TokenSet, target: TokenTarget, call: AttemptCall) => Promise<void>) | undefined;
}

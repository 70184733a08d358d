import type { AttemptCall, AttemptPolicy } from './attempts.js';
import type { Instant } from '../util/clock.js';
import type { OAuth2ClientError } from './errors.js';
import type { TokenSet } from './token-set.js';
import type { TokenTarget } from './token-target.js';

/** One grant, ready to be sent. */
export interface TokenAttempt {
  readonly policy: AttemptPolicy;
  /** Asks once. `startedAt` is when the token's life begins. */
  run(call: AttemptCall, startedAt: Instant): Promise<TokenSet>;
}

/** Thrown by an attempt if only the refresh token of its response is usable. It must not be lost. */
export class RefreshTokenOnly extends Error {
  constructor(
    readonly failure: OAuth2ClientError,
    /** Its access token must not be sent. */
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
  /** The credentials that the functions of `use` may read; absent: they read none. */
  readonly credentials?: Readonly<Record<string, string>> | undefined;
  /** The refresh token of the configuration. It is sent for as long as the account has no newer one. */
  readonly configuredRefreshToken?: string | undefined;
  /** The refresh grant, with a refresh token that came with the token set `before`; absent: it is not used. */
  readonly refresh?:
    ((refreshToken: string, before: TokenSet | undefined) => TokenAttempt) | undefined;
  /** The base grant; absent: there is only a refresh token. */
  readonly login?: TokenAttempt | undefined;
}

/** The constants of a definition that belong to the keys of its accounts. */
export interface DefinitionConstants {
  /** The key of their record in the store. It is the same in all instances of a definition. */
  readonly key: string;
  /** Their digests by their names, such as `headers.x-tenant`. */
  readonly digests: Readonly<Record<string, string>>;
}

/** The source of a provider's tokens. */
export interface TokenSource {
  /** The host that is asked for tokens. Errors name it. */
  readonly place?: string | undefined;
  /**
   * Whether the vendor documents refreshing. If not, an account stops refreshing after one refusal that is followed by
   * a successful login.
   */
  readonly refreshDocumented: boolean;
  /** How often a token may be renewed before a new login. Default: no limit. */
  readonly refreshLimit?: number | undefined;
  /** Whether an account without a refresh token can log in again. */
  readonly canLogInAgain: boolean;
  /** Whether the credentials come from functions, so that new ones may end a back-off. */
  readonly credentialsMayChange: boolean;
  /** The constants that instances must have in common to share their tokens. Default: none. */
  readonly constants?: DefinitionConstants | undefined;
  /** Resolves the credentials. It is called once for each renewal. */
  prepare(target: TokenTarget): Promise<PreparedGrants>;
  /** Revokes tokens; absent: the definition says no way. */
  readonly revoke?:
    ((tokens: TokenSet, target: TokenTarget, call: AttemptCall) => Promise<void>) | undefined;
}

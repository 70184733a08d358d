import type { Conditions, Selector } from './selector.js';
import type { VendorResponse } from './vendor-response.js';

/**
 * What an error of the vendor means. `permanent`: the configuration must change. `credentials`: the credentials are
 * wrong. `transient` and `throttled`: the same request may succeed later.
 */
export type ErrorMeaning = 'permanent' | 'credentials' | 'transient' | 'throttled';

/** Where the token response has what, if that differs from RFC 6749 §5.1 and §5.2. */
export interface ResponseDefinition {
  /** Default `access_token`. */
  readonly accessToken?: Selector | undefined;
  /** Default `expires_in`. `lifetimeFormat` says in which unit, by default seconds. */
  readonly expiresIn?: Selector | undefined;
  /** Default `refresh_token`. */
  readonly refreshToken?: Selector | undefined;
  /**
   * Lifetime of the refresh token, in the unit of `lifetimeFormat`. Default `refresh_expires_in` or
   * `refresh_token_expires_in`, in seconds.
   */
  readonly refreshExpiresIn?: Selector | undefined;
  /** Default `token_type`. */
  readonly tokenType?: Selector | undefined;
  /** Default `scope`. */
  readonly scope?: Selector | undefined;
  /**
   * Further values by names of your own. They are in `extra` of the token set, for `baseURLFrom` and `values.extra`.
   * All other members of the response are in `extra`, too. Default none.
   */
  readonly capture?: Readonly<Record<string, Selector>> | undefined;
  /**
   * Values that members have in every success, by path; or a function. A member that is absent does not count. The
   * status must be 2xx in any case. Default: any 2xx response, except one with a member `error` and without a token.
   */
  readonly success?: Conditions | ((response: VendorResponse) => boolean) | undefined;
  /** Values that members have only in a failure, by path. One of them is enough. Default none. */
  readonly failure?: Conditions | undefined;
  /** The vendor's error code in a failure. Default `error`. */
  readonly error?: Selector | undefined;
  /** The vendor's error text in a failure. Default `error_description`, `message`, `msg` or `errmsg`. */
  readonly errorDescription?: Selector | undefined;
  /** What the vendor's own error codes mean. Default: what the status and RFC 6749 §5.2 say. */
  readonly errors?: Readonly<Record<string, ErrorMeaning>> | undefined;
  /**
   * What the HTTP statuses of failures mean, where `errors` does not have the code of the response. Default: what
   * RFC 9110 and RFC 6749 §5.2 say.
   */
  readonly statuses?: Readonly<Record<number, ErrorMeaning>> | undefined;
}

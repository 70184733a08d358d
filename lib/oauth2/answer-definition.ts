import type { VendorResponse } from './answer.js';
import type { Conditions, Selector } from './reader.js';

/**
 * What an error of the vendor means. `permanent`: somebody must change something. `credentials`: the
 * same, and it is they that are wrong. `transient` and `throttled`: it passes by itself.
 */
export type ErrorMeaning = 'permanent' | 'credentials' | 'transient' | 'throttled';

/** Where the answer of a vendor has what, as far as RFC 6749 §5.1 and §5.2 do not say so. */
export interface ResponseDefinition {
  /** Default `access_token`. */
  readonly accessToken?: Selector | undefined;
  /** Default `expires_in`; `lifetimeFormat` says what it holds, in seconds by default. */
  readonly expiresIn?: Selector | undefined;
  /** Default `refresh_token`. */
  readonly refreshToken?: Selector | undefined;
  /**
   * Life of the refresh token, in the form that `lifetimeFormat` says. Default `refresh_expires_in` or
   * `refresh_token_expires_in`, in seconds.
   */
  readonly refreshExpiresIn?: Selector | undefined;
  /** Default `token_type`. */
  readonly tokenType?: Selector | undefined;
  /** Default `scope`. */
  readonly scope?: Selector | undefined;
  /**
   * Further values to keep with the token, by a name of your own: in `extra` of the token set, for
   * `baseURLFrom` and `values.extra`. All members of the answer that have no other use are there, too.
   */
  readonly capture?: Readonly<Record<string, Selector>> | undefined;
  /**
   * What members have in every success, by path; or a function. A member that is absent says nothing.
   * The status is 2xx in any case. Default: any 2xx but one with a member `error` and no token.
   */
  readonly success?: Conditions | ((answer: VendorResponse) => boolean) | undefined;
  /** What members have in a failure only, by path, any one of them. Default none. */
  readonly failure?: Conditions | undefined;
  /** Code of the vendor's error, once an answer is known to be a failure. Default `error`. */
  readonly error?: Selector | undefined;
  /** Text of the vendor's error. Default `error_description`, `message`, `msg` or
   * `errmsg`. */
  readonly errorDescription?: Selector | undefined;
  /** What the vendor's own error codes mean. Default: what the status and RFC 6749 §5.2 say. */
  readonly errors?: Readonly<Record<string, ErrorMeaning>> | undefined;
  /**
   * What the HTTP statuses of failures mean, where `errors` does not know the code of the answer. Default: what
   * RFC 9110 and RFC 6749 §5.2 say.
   */
  readonly statuses?: Readonly<Record<number, ErrorMeaning>> | undefined;
}

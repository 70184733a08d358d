import type { CredentialOptions } from './credentials.js';
import type { ClientAuthenticationMethod } from './client-authentication.js';
import type { GrantType } from './grants.js';
import type { LifetimeFormat } from './lifetime.js';
import type { Encoding } from './token-request.js';

/** How one vendor's token endpoint is asked and answers. */
export interface TokenEndpoint extends CredentialOptions {
  /**
   * URL of the token endpoint (RFC 6749 §3.2); one that starts with `/` is at the origin of the API.
   * https, except on loopback addresses.
   */
  readonly tokenEndpoint: string;
  /** Default `client_credentials`. */
  readonly grantType?: GrantType | undefined;
  /** Default `client_secret_basic`. */
  readonly clientAuthentication?: ClientAuthenticationMethod | undefined;
  /** Encoding of the token request's body. Default `form` (application/x-www-form-urlencoded). */
  readonly encoding?: Encoding | undefined;
  /** Scope to ask for: space-separated, or a list (RFC 6749 §3.3). */
  readonly scope?: string | readonly string[] | undefined;
  /** Resource indicators: absolute URIs without fragment (RFC 8707). */
  readonly resource?: string | readonly string[] | undefined;
  /** Further parameters of every token request, such as `audience`. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Further headers of every token request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Whether a refresh token is used. `standard` (the default): with the `refresh_token` grant at the
   * same endpoint. `undocumented`: the same, although the vendor does not say so; once a refusal is
   * followed by a login that works, it is not tried again. `never`: log in again instead.
   */
  readonly refresh?: 'standard' | 'undocumented' | 'never' | undefined;
  /** Scope names without which a token is refused: space-separated, or a list. Default none. */
  readonly requiredScope?: string | readonly string[] | undefined;
  /** What `expires_in` holds. Default `seconds` (RFC 6749 §5.1). */
  readonly lifetimeFormat?: LifetimeFormat | undefined;
  /** Seconds that no token lives longer than, whatever the answer says. Default: no such limit. */
  readonly maxLifetime?: number | undefined;
  /** Seconds that a token lives whose answer does not say. Default 300. */
  readonly defaultLifetime?: number | undefined;
}

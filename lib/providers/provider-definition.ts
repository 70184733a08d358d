import type { CreateAxiosDefaults } from 'axios';

import type { OnTokenSet } from '../core/flights.js';
import type { Credential, CredentialName } from '../oauth2/credentials.js';
import type { TokenEndpoint } from '../oauth2/token-endpoint.js';

/**
 * axios options for the requests to an API: timeout, agents, proxy, headers and so on. Agents and
 * proxy serve the token requests, too. URL, adapter and `Authorization` are the module's own.
 */
export type AxiosOptions = Omit<
  CreateAxiosDefaults,
  'baseURL' | 'url' | 'adapter' | 'auth' | 'socketPath'
>;

/** The part of a definition that any grant may have. */
interface Common extends Omit<TokenEndpoint, CredentialName> {
  /** Under which the provider is injected: letters, digits and `_ . : -`. */
  readonly name: string;
  /** Base URL of the API. Requests to its origin, below its path, carry the token. */
  readonly baseURL: string;
  /** Further origins of the API, each with an optional path prefix. */
  readonly origins?: readonly string[] | undefined;
  /** `false` for a provider that has no credentials in this environment. Default `true`. */
  readonly enabled?: boolean | undefined;
  /** Allows plain http to hosts that are not loopback, for traffic inside a cluster. Default `false`. */
  readonly allowInsecureOrigins?: boolean | undefined;
  readonly axios?: AxiosOptions | undefined;
  /** Milliseconds that one renewal may take, whatever its attempts. Default 10,000. */
  readonly deadline?: number | undefined;
  /**
   * Share of a token's life, at its end, in which it is renewed in the background; 0: never before it
   * expires. Default: what the vendor says (`refresh_in`), else 0.2, at most 120 seconds.
   */
  readonly refreshWindow?: number | undefined;
  /**
   * Which requests are sent once more with a new token after a 401. Default `all`: a 401 says that the
   * request was not carried out. `idempotent`: GET, HEAD, OPTIONS, PUT, DELETE. `none`.
   */
  readonly replay?: 'all' | 'idempotent' | 'none' | undefined;
  readonly onTokenSet?: OnTokenSet | undefined;
}

type Client =
  | {
      /** Default `client_secret_basic`. */
      readonly clientAuthentication?: 'client_secret_basic' | 'client_secret_post' | undefined;
      readonly clientId: Credential;
      readonly clientSecret: Credential;
    }
  | {
      readonly clientAuthentication: 'none';
      readonly clientId?: Credential | undefined;
      readonly clientSecret?: undefined;
    };

type Grant =
  | {
      /** Default `client_credentials`. */
      readonly grantType?: 'client_credentials' | undefined;
      readonly username?: undefined;
      readonly password?: undefined;
      readonly refreshToken?: undefined;
    }
  | {
      readonly grantType: 'password';
      readonly username: Credential;
      readonly password: Credential;
      /** To begin with, instead of a login; see `onTokenSet`. */
      readonly refreshToken?: Credential | undefined;
    }
  | {
      readonly grantType: 'refresh_token';
      readonly refreshToken: Credential;
      readonly username?: undefined;
      readonly password?: undefined;
    };

/**
 * How one vendor's token endpoint is asked, how its answer is read, and where its tokens go: data.
 * Write one with {@link defineProvider}.
 */
export type ProviderDefinition = Common & Client & Grant;

/** What a shipped vendor lets its user change beside the credentials. */
export type ProviderOverrides = Partial<
  Pick<
    Common,
    | 'name'
    | 'enabled'
    | 'axios'
    | 'deadline'
    | 'allowInsecureOrigins'
    | 'refreshWindow'
    | 'replay'
    | 'onTokenSet'
  > & { readonly refreshToken: Credential }
>;

import type { CreateAxiosDefaults } from 'axios';

import type { OnTokenSet } from '../core/on-token-set.js';
import type { Credential, CredentialName } from '../oauth2/credentials.js';
import type { BaseURLFrom, TokenEndpoint } from '../oauth2/token-endpoint.js';
import type { GrantDefinition } from './grant-definition.js';

/**
 * axios options for the requests to an API, such as timeout, agents, proxy and headers. Agents and proxy also serve the
 * token requests. The module sets URL, adapter and `Authorization` itself.
 */
export type AxiosOptions = Omit<
  CreateAxiosDefaults,
  'baseURL' | 'url' | 'adapter' | 'auth' | 'socketPath'
>;

/** The members that depend on the grant, on its client, and on the API. */
export type MembersOfGrantAndApi =
  | CredentialName
  | 'tokenEndpoint'
  | 'grantType'
  | 'clientAuthentication'
  | 'clientAssertion'
  | 'assertion'
  | 'baseURLFrom';

/** The members that every definition may have. */
export interface CommonDefinition extends Omit<TokenEndpoint, MembersOfGrantAndApi> {
  /** The name under which the provider is injected: 1 to 64 letters, digits and `_ . : -`. */
  readonly name: string;
  /** `false` for a provider that has no credentials in this environment. Default `true`. */
  readonly enabled?: boolean | undefined;
  /** Allows plain http to hosts that are not loopback, for traffic inside a cluster. Default `false`. */
  readonly allowInsecureOrigins?: boolean | undefined;
  /** axios options of this provider. Default: those of the module. */
  readonly axios?: AxiosOptions | undefined;
  /**
   * Returns the subject (tenant, user, merchant) of calls that name none, for example from an `AsyncLocalStorage`. If it
   * returns none, the call fails with `REQUEST_INVALID`. Default: calls need no subject.
   */
  readonly subject?: (() => string | undefined) | undefined;
  /** Each token is good for one request. Default `false`. */
  readonly singleUse?: boolean | undefined;
  /**
   * Revokes the tokens when the app shuts down. It needs `revocation`. Do not set it for instances that share a store,
   * because others may use the tokens. Default `false`.
   */
  readonly revokeOnShutdown?: boolean | undefined;
  /**
   * Revokes a token that a login has replaced, 30 seconds later and in the background. It needs `revocation`. Only the
   * access token is revoked. It is for vendors that allow few sessions and open one with each login. Default `false`.
   */
  readonly revokeReplaced?: boolean | undefined;
  /** Milliseconds that one renewal may take, including all its attempts. Default 10,000. */
  readonly deadline?: number | undefined;
  /**
   * The share of a token's life, at its end, in which it is renewed in the background. 0: it is not renewed before it
   * expires. Default: what the vendor says (`refresh_in`), or else 0.2, at most 120 seconds.
   */
  readonly refreshWindow?: number | undefined;
  /**
   * Which requests are sent once more with a new token after a 401. Default `all`, because a 401 says that the request
   * was not carried out. `idempotent`: GET, HEAD, OPTIONS, PUT, DELETE. `none`.
   */
  readonly retry?: 'all' | 'idempotent' | 'none' | undefined;
  /** Called with each new token set before it is used. It is awaited for at most 5 seconds. Default none. */
  readonly onTokenSet?: OnTokenSet | undefined;
}

/** An API with one base URL. */
export interface SharedApi {
  /** Base URL of the API. Requests to its origin, below its path, carry the token. */
  readonly baseURL: string;
  readonly baseURLFrom?: undefined;
}

/** An API whose base URL differs from account to account. */
export interface ApiOfAccount {
  readonly baseURL?: undefined;
  /**
   * The path of the base URL in `extra` of the token set, such as `instance_url`; or a function, if the subject
   * decides. The URL must be one of `origins`, where `*` may stand for the first label of a host name. Otherwise the
   * request fails with `URL_NOT_OWNED`. If a function decides, the token of an account goes to no other host of a `*`
   * than the one that the function returns for it.
   */
  readonly baseURLFrom: BaseURLFrom;
  readonly origins: readonly string[];
}

/** Where the tokens go. */
export type ApiDefinition = SharedApi | ApiOfAccount;

/**
 * One vendor as data: how its token endpoint is asked, how the response is read, and where the tokens go. Write one with
 * {@link defineProvider}.
 */
export type ProviderDefinition = CommonDefinition & ApiDefinition & GrantDefinition;

/** The members of a shipped vendor that its user may set, beside the credentials. */
export type ProviderOverrides = Partial<
  Pick<
    CommonDefinition,
    | 'name'
    | 'enabled'
    | 'axios'
    | 'deadline'
    | 'allowInsecureOrigins'
    | 'refreshWindow'
    | 'retry'
    | 'onTokenSet'
    | 'subject'
  > & { readonly refreshToken: Credential }
>;

import type { TokenSet } from '../core/token-set.js';
import type { ResponseDefinition } from './response-definition.js';
import type { ClientAuthenticationMethod } from './client-authentication.js';
import type { CredentialOptions } from './credentials.js';
import type { GrantType } from './grants.js';
import { type JwtCredentials } from './credentials.js';
import type { LifetimeFormat } from './lifetime.js';
import type { QuotaOptions } from './vendor-queue.js';
import type { Conditions } from './selector.js';
import type { RequestContext, RequestDefinition, Scalar } from './request-definition.js';
import type { TokenUse } from './token-use.js';

/**
 * The URL of a request: absolute, or a `/path` at the origin of the token endpoint. The URL that a function returns must
 * be at that origin, or at one of the `origins` of the definition.
 */
export type RequestUrl = string | ((context: RequestContext) => Scalar | undefined);

/**
 * The base URL of an API that differs between accounts: its path in `extra` of the token set, or a function of the
 * subject and the token set.
 */
export type BaseURLFrom = string | ((account: AccountOfToken) => Scalar | undefined);

/** The account of a token. */
export interface AccountOfToken {
  readonly subject: string | undefined;
  readonly tokens: TokenSet;
}

/** A request whose response another request needs. */
export interface StepDefinition extends RequestDefinition {
  /** Absolute, or `/path` at the origin of the token endpoint. */
  readonly url: RequestUrl;
  /**
   * How its response says that it failed, by default by its status; and which values `capture` puts into `extra` of the
   * token set.
   */
  readonly response?:
    | Pick<
        ResponseDefinition,
        'success' | 'failure' | 'error' | 'errorDescription' | 'errors' | 'statuses' | 'capture'
      >
    | undefined;
  /**
   * Repeats the request every second until these members of its response have the named values. The `deadline` ends it.
   * Default: one request.
   */
  readonly until?: Conditions | undefined;
}

export type StepDefinitions = Readonly<Record<string, StepDefinition>>;

/**
 * How a token is renewed, if not as RFC 6749 §6 says. Method, encoding and headers are those of the definition if this
 * does not name them. So are parameters, query and signature, unless the grant of the definition is `custom`.
 */
export interface RefreshDefinition extends RequestDefinition {
  /** Default: the token endpoint. */
  readonly url?: RequestUrl | undefined;
  /** `custom`: `parameters`, `query` and `headers` say everything. Default `refresh_token`. */
  readonly grantType?: 'refresh_token' | 'custom' | undefined;
  /** Default: that of the definition. */
  readonly clientAuthentication?: ClientAuthenticationMethod | undefined;
  /**
   * The vendor extends the life of the same access token: the response has a new lifetime and no new token. The renewal
   * then sends the access token if there is no refresh token. Default `false`.
   */
  readonly prolongs?: boolean | undefined;
  /** Renewals after which the vendor wants a new login. Default: no limit. */
  readonly limit?: number | undefined;
  /**
   * The vendor does not document refreshing. If the first refresh fails and a login succeeds, the account does not
   * refresh again. Default `false`.
   */
  readonly undocumented?: boolean | undefined;
}

/**
 * The request that revokes tokens (RFC 7009) or ends a session. Client authentication adds its parameters or headers.
 * Default method `POST`.
 */
export interface RevocationDefinition extends RequestDefinition {
  /** Absolute, or `/path` at the origin of the token endpoint. */
  readonly url: RequestUrl;
  /** Default: none, because the token alone ends a session. */
  readonly clientAuthentication?: ClientAuthenticationMethod | undefined;
}

/** How one vendor's token endpoint is used. */
export interface TokenEndpoint extends CredentialOptions, JwtCredentials, RequestDefinition {
  /**
   * URL of the token endpoint (RFC 6749 §3.2), or a `/path` at the origin of the API. https, except on loopback addresses.
   * A function, if the URL depends on the subject (a host for each shop) or on a response of `before`: its URL must be at
   * one of `origins`, or at the origin of `baseURL`.
   */
  readonly tokenEndpoint?: RequestUrl | undefined;
  /**
   * Further origins of the API, each with an optional path prefix; and of the URLs that functions of the definition
   * return. `*` may stand for the first label of a host name, before at least two others. Every such host then gets
   * tokens. Default none.
   */
  readonly origins?: readonly string[] | undefined;
  /** Default `client_credentials`. */
  readonly grantType?: GrantType | undefined;
  /** Default `client_secret_basic`; `none` for grants without a client. */
  readonly clientAuthentication?: ClientAuthenticationMethod | undefined;
  /** Scope to ask for: space-separated, or a list (RFC 6749 §3.3). Default none. */
  readonly scope?: string | readonly string[] | undefined;
  /** Name of the parameter that carries the scope; `false` for none. Default `scope`. */
  readonly scopeParameter?: string | false | undefined;
  /** The separator between scopes. Default a space. */
  readonly scopeSeparator?: string | undefined;
  /** Resource indicators: absolute URIs without fragment (RFC 8707). Default none. */
  readonly resource?: string | readonly string[] | undefined;
  /** Requests before the token request of a login, in order. A refresh does not make them. Default none. */
  readonly before?: StepDefinitions | undefined;
  /**
   * Requests after the token request of a login, in order. Their responses are in `extra` of the token set, by their
   * names. Default none.
   */
  readonly after?: StepDefinitions | undefined;
  /** The path of the base URL of the API in `extra` of the token set; or a function that returns the base URL. */
  readonly baseURLFrom?: BaseURLFrom | undefined;
  /** Where the response has what, if that differs from RFC 6749 §5.1. */
  readonly response?: ResponseDefinition | undefined;
  /**
   * Whether a refresh token is used, or how. `standard` (the default of grants with refresh tokens): with the
   * `refresh_token` grant at the same endpoint. `undocumented`: the same, but the vendor does not document it; if the
   * first refresh fails and a login succeeds, the account does not refresh again. `never`: log in again instead.
   */
  readonly refresh?: 'standard' | 'undocumented' | 'never' | RefreshDefinition | undefined;
  /** URL of the revocation endpoint (RFC 7009), or the request that ends a session. Default none. */
  readonly revocation?: string | RevocationDefinition | undefined;
  /** How many requests the vendor allows. Default: no limit is known. */
  readonly quota?: QuotaOptions | undefined;
  /**
   * How many requests to the vendor may run at the same time, from 1 to 1,000: token requests, steps and revocations of
   * all accounts in this process. Further requests wait within the deadline of their renewal, first come, first served.
   * Default: no limit.
   */
  readonly concurrency?: number | undefined;
  /** How the token travels to the API, if not as `Authorization: Bearer`. */
  readonly use?: TokenUse | undefined;
  /** Scope names that a token must have: space-separated, or a list. Default none. */
  readonly requiredScope?: string | readonly string[] | undefined;
  /** What `expires_in` holds. Default `seconds` (RFC 6749 §5.1). */
  readonly lifetimeFormat?: LifetimeFormat | undefined;
  /** The longest lifetime in seconds, whatever the response says. Default: no limit. */
  readonly maxLifetime?: number | undefined;
  /** The lifetime in seconds if the response names none; `Infinity` if tokens never expire. Default 300. */
  readonly defaultLifetime?: number | undefined;
}

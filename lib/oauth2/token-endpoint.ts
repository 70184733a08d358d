import type { TokenSet } from '../core/token-set.js';
import type { ResponseDefinition } from './answer-definition.js';
import type { ClientAuthenticationMethod } from './client-authentication.js';
import type { CredentialOptions } from './credentials.js';
import type { GrantType } from './grants.js';
import { type JwtCredentials } from './assertions.js';
import type { LifetimeFormat } from './lifetime.js';
import type { QuotaOptions } from './vendor-queue.js';
import type { Conditions } from './reader.js';
import type { RequestContext, RequestDefinition, Scalar } from './request-definition.js';
import type { TokenUse } from './token-use.js';

/**
 * The URL of a request: absolute, or `/path` at the origin of the token endpoint. What a function returns must
 * be at that origin, or at one of the `origins` of the definition.
 */
export type RequestUrl = string | ((context: RequestContext) => Scalar | undefined);

/**
 * Where the base URL of an API is that differs from account to account: in `extra` of the token set, by path; or
 * a function of the subject and the token set.
 */
export type BaseURLFrom = string | ((account: AccountOfToken) => Scalar | undefined);

/** Whose token it is. */
export interface AccountOfToken {
  readonly subject: string | undefined;
  readonly tokens: TokenSet;
}

/** A request whose answer another one needs. */
export interface StepDefinition extends RequestDefinition {
  /** Absolute, or `/path` at the origin of the token endpoint. */
  readonly url: RequestUrl;
  /**
   * How its answer says that it failed (default: by its status), and what of it is kept with the token: the
   * `extra` of the token set has what `capture` names.
   */
  readonly response?:
    | Pick<
        ResponseDefinition,
        'success' | 'failure' | 'error' | 'errorDescription' | 'errors' | 'statuses' | 'capture'
      >
    | undefined;
  /**
   * Repeats the request every second until a member of its answer has the value named here, any one of
   * several; the `deadline` ends it. Default: it is made once.
   */
  readonly until?: Conditions | undefined;
}

export type StepDefinitions = Readonly<Record<string, StepDefinition>>;

/**
 * How a token is renewed where that is not as RFC 6749 §6 says. Method, encoding and headers that it does
 * not name are those of the definition; so are parameters, query and signature, unless the definition's
 * grant is `custom`.
 */
export interface RefreshDefinition extends RequestDefinition {
  /** Default: the token endpoint. */
  readonly url?: RequestUrl | undefined;
  /** `custom`: `parameters`, `query` and `headers` say all. Default `refresh_token`. */
  readonly grantType?: 'refresh_token' | 'custom' | undefined;
  /** Default: that of the definition. */
  readonly clientAuthentication?: ClientAuthenticationMethod | undefined;
  /**
   * The vendor prolongs the access token itself: the answer has no other one, only a new lifetime. What the
   * renewal sends is then the access token, where the login has brought no refresh token. Default `false`.
   */
  readonly prolongs?: boolean | undefined;
  /** Renewals after which the vendor wants a new login. Default: no limit. */
  readonly limit?: number | undefined;
  /**
   * The vendor does not document it: if the first refresh fails and a login works, the account does not
   * refresh again.
   * Default `false`.
   */
  readonly undocumented?: boolean | undefined;
}

/**
 * How tokens are given back (RFC 7009), or a session is ended: one request, with the client authentication
 * among its parameters or headers. Default method `POST`.
 */
export interface RevocationDefinition extends RequestDefinition {
  /** Absolute, or `/path` at the origin of the token endpoint. */
  readonly url: RequestUrl;
  /** Default: none; a session is ended by its token alone. */
  readonly clientAuthentication?: ClientAuthenticationMethod | undefined;
}

/** How one vendor's token endpoint is asked and answers. */
export interface TokenEndpoint extends CredentialOptions, JwtCredentials, RequestDefinition {
  /**
   * URL of the token endpoint (RFC 6749 §3.2); one that starts with `/` is at the origin of the API.
   * https, except on loopback addresses. A function, where the subject decides (a host for each shop) or an
   * answer of `before` does: what it returns must be at one of `origins`, or at the origin of `baseURL`.
   */
  readonly tokenEndpoint?: RequestUrl | undefined;
  /**
   * Further origins of the API, each with an optional path prefix, and of what the functions of the definition
   * lead to. `*` may stand for the first label of a host name, before two others at least: any such host then
   * gets tokens. Default none.
   */
  readonly origins?: readonly string[] | undefined;
  /** Default `client_credentials`. */
  readonly grantType?: GrantType | undefined;
  /** Default `client_secret_basic`; `none` for grants that know no client. */
  readonly clientAuthentication?: ClientAuthenticationMethod | undefined;
  /** Scope to ask for: space-separated, or a list (RFC 6749 §3.3). Default none. */
  readonly scope?: string | readonly string[] | undefined;
  /** Name of the parameter that carries the scope; `false`: none does. Default `scope`. */
  readonly scopeParameter?: string | false | undefined;
  /** What stands between two scopes. Default a space. */
  readonly scopeSeparator?: string | undefined;
  /** Resource indicators: absolute URIs without fragment (RFC 8707). Default none. */
  readonly resource?: string | readonly string[] | undefined;
  /** Requests before the token request of a login, in order; a refresh has none. Default none. */
  readonly before?: StepDefinitions | undefined;
  /**
   * Requests after it, in order; what they answer is in `extra` of the token set, by their names.
   * Default none.
   */
  readonly after?: StepDefinitions | undefined;
  /** Where `extra` of the token set has the base URL of the API, by path; or a function that knows it. */
  readonly baseURLFrom?: BaseURLFrom | undefined;
  /** Where the answer has what, if not where RFC 6749 §5.1 says. */
  readonly response?: ResponseDefinition | undefined;
  /**
   * Whether a refresh token is used. `standard` (the default of grants that know one): with the `refresh_token` grant at the
   * same endpoint. `undocumented`: the same, although the vendor does not say so; if the first
   * refresh fails and a login works, the account does not refresh again. `never`: log in again instead. Or how.
   */
  readonly refresh?: 'standard' | 'undocumented' | 'never' | RefreshDefinition | undefined;
  /** URL of the revocation endpoint (RFC 7009), or how the vendor ends a session. Default none. */
  readonly revocation?: string | RevocationDefinition | undefined;
  /** How many requests the vendor allows. Default: no limit is known. */
  readonly quota?: QuotaOptions | undefined;
  /**
   * How many requests to the vendor run at the same time: token requests, steps and revocations of all
   * accounts in this process, 1 to 1,000. Further ones wait for their turn within the deadline of their
   * renewal, first come first served. Default: no limit.
   */
  readonly concurrency?: number | undefined;
  /** How the token travels to the API, if not as `Authorization: Bearer`. */
  readonly use?: TokenUse | undefined;
  /** Scope names without which a token is refused: space-separated, or a list. Default none. */
  readonly requiredScope?: string | readonly string[] | undefined;
  /** What `expires_in` holds. Default `seconds` (RFC 6749 §5.1). */
  readonly lifetimeFormat?: LifetimeFormat | undefined;
  /** Seconds that no token lives longer than, whatever the answer says. Default: no such limit. */
  readonly maxLifetime?: number | undefined;
  /** Seconds that a token lives whose answer does not say; `Infinity`: it never expires. Default 300. */
  readonly defaultLifetime?: number | undefined;
}

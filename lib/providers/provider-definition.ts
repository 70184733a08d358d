import type { CreateAxiosDefaults } from 'axios';

import type { OnTokenSet } from '../core/on-token-set.js';
import type { Credential, CredentialName } from '../oauth2/credentials.js';
import type { JwtOptions } from '../oauth2/jwt.js';
import type { BaseURLFrom, RequestUrl, TokenEndpoint } from '../oauth2/token-endpoint.js';

/**
 * axios options for the requests to an API: timeout, agents, proxy, headers and so on. Agents and
 * proxy serve the token requests, too. URL, adapter and `Authorization` are the module's own.
 */
export type AxiosOptions = Omit<
  CreateAxiosDefaults,
  'baseURL' | 'url' | 'adapter' | 'auth' | 'socketPath'
>;

type GrantAndClient =
  | CredentialName
  | 'tokenEndpoint'
  | 'grantType'
  | 'clientAuthentication'
  | 'clientAssertion'
  | 'assertion';

/** The part of a definition that any grant may have. */
interface Common extends Omit<TokenEndpoint, GrantAndClient | 'baseURLFrom'> {
  /** Under which the provider is injected: letters, digits and `_ . : -`. */
  readonly name: string;
  /** `false` for a provider that has no credentials in this environment. Default `true`. */
  readonly enabled?: boolean | undefined;
  /** Allows plain http to hosts that are not loopback, for traffic inside a cluster. Default `false`. */
  readonly allowInsecureOrigins?: boolean | undefined;
  /** Default: those of the module. */
  readonly axios?: AxiosOptions | undefined;
  /**
   * The subject (tenant, user, merchant) of calls that name none, such as one from an
   * `AsyncLocalStorage`. Where it returns none, the call fails with `REQUEST_INVALID`. Default: none is
   * needed.
   */
  readonly subject?: (() => string | undefined) | undefined;
  /** Each token is good for one request. Default `false`. */
  readonly singleUse?: boolean | undefined;
  /**
   * Gives the tokens back when the app shuts down; needs `revocation`. Not for instances that share a
   * store: others may be using the tokens. Default `false`.
   */
  readonly revokeOnShutdown?: boolean | undefined;
  /**
   * Ends the session of a token that a login has replaced, 30 seconds later and in the background; needs
   * `revocation`. The access token is given back, not a refresh token. For vendors that allow few sessions, each
   * login of which opens one. Default `false`.
   */
  readonly revokeReplaced?: boolean | undefined;
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
  readonly retry?: 'all' | 'idempotent' | 'none' | undefined;
  /** Called with each new token set before it is used; awaited for 5 seconds. Default none. */
  readonly onTokenSet?: OnTokenSet | undefined;
}

type Api =
  | {
      /** Base URL of the API. Requests to its origin, below its path, carry the token. */
      readonly baseURL: string;
      readonly baseURLFrom?: undefined;
    }
  | {
      readonly baseURL?: undefined;
      /**
       * Where `extra` of the token set has the base URL of the API, by path, such as `instance_url`.
       * It must be one of `origins`, where `*` may stand for the first label of a host name; if it is not,
       * the request fails with `URL_NOT_OWNED`. A function, where the subject decides: a token then goes to
       * no other host that a `*` stands for than the one that the function returns for its account.
       */
      readonly baseURLFrom: BaseURLFrom;
      readonly origins: readonly string[];
    };

/** No member of its own where a grant or a client authentication has none. */
type Without<Name extends keyof TokenEndpoint> = { readonly [N in Name]?: undefined };

type SecretClient = {
  readonly clientId: Credential;
  readonly clientSecret: Credential;
} & Without<'clientAssertion'>;

type ChosenClient =
  | (SecretClient & {
      readonly clientAuthentication:
        | 'client_secret_basic'
        | 'client_secret_basic_raw'
        | 'client_secret_post'
        | 'client_secret_jwt';
    })
  | ({
      readonly clientAuthentication: 'private_key_jwt';
      readonly clientId: Credential;
      readonly clientAssertion: JwtOptions | Credential;
    } & Without<'clientSecret'>)
  | ({
      readonly clientAuthentication: 'tls_client_auth';
      readonly clientId: Credential;
    } & Without<'clientSecret' | 'clientAssertion'>)
  | ({
      readonly clientAuthentication: 'none';
      readonly clientId?: Credential | undefined;
    } & Without<'clientSecret' | 'clientAssertion'>);

/** Default `client_secret_basic`. */
type Client = ChosenClient | (SecretClient & { readonly clientAuthentication?: undefined });

/** Default `none`. */
type OptionalClient =
  | ChosenClient
  | ({
      readonly clientAuthentication?: undefined;
      readonly clientId?: Credential | undefined;
    } & Without<'clientSecret' | 'clientAssertion'>);

type OthersThan<Name extends GrantCredential> = Without<Exclude<GrantCredential, Name>>;

type GrantCredential =
  'username' | 'password' | 'refreshToken' | 'subjectToken' | 'actorToken' | 'assertion';

type Grant =
  | (Client & {
      /** Default `client_credentials`. */
      readonly grantType?: 'client_credentials' | undefined;
      readonly tokenEndpoint: RequestUrl;
    } & OthersThan<never>)
  | (Client & {
      readonly grantType: 'password';
      readonly tokenEndpoint: RequestUrl;
      readonly username: Credential;
      readonly password: Credential;
      /** To begin with, instead of a login; see `onTokenSet`. */
      readonly refreshToken?: Credential | undefined;
    } & OthersThan<'username' | 'password' | 'refreshToken'>)
  | (Client & {
      readonly grantType: 'refresh_token';
      readonly tokenEndpoint: RequestUrl;
      readonly refreshToken: Credential;
    } & OthersThan<'refreshToken'>)
  | (Client & {
      /** RFC 8693. */
      readonly grantType: 'urn:ietf:params:oauth:grant-type:token-exchange';
      readonly tokenEndpoint: RequestUrl;
      readonly subjectToken: Credential;
      readonly actorToken?: Credential | undefined;
    } & OthersThan<'subjectToken' | 'actorToken'>)
  | (OptionalClient & {
      /** RFC 7523 §2.1. */
      readonly grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer';
      readonly tokenEndpoint: RequestUrl;
      readonly assertion: JwtOptions | Credential;
    } & OthersThan<'assertion'>)
  | (OptionalClient & {
      /** RFC 7522 §2.1: the assertion comes ready-made, in base64url. */
      readonly grantType: 'urn:ietf:params:oauth:grant-type:saml2-bearer';
      readonly tokenEndpoint: RequestUrl;
      readonly assertion: Credential;
    } & OthersThan<'assertion'>)
  | (OptionalClient & {
      /**
       * Whatever the vendor's page says: `parameters`, `query` and `headers` say all, but for the client authentication
       * that you may name.
       */
      readonly grantType: 'custom';
      readonly tokenEndpoint: RequestUrl;
      /** For `values.credential` and the functions of the definition; so is `password`. */
      readonly username?: Credential | undefined;
      readonly password?: Credential | undefined;
      /** To begin with, instead of a login; see `onTokenSet`. */
      readonly refreshToken?: Credential | undefined;
    } & OthersThan<'username' | 'password' | 'refreshToken'>)
  | ({
      /** The access token is a JWT that is signed here. */
      readonly grantType: 'self_signed_jwt';
      readonly tokenEndpoint?: undefined;
      readonly clientId?: Credential | undefined;
      readonly assertion: JwtOptions;
    } & OthersThan<'assertion'> &
      Without<'clientSecret' | 'clientAuthentication' | 'clientAssertion'>);

/**
 * How one vendor's token endpoint is asked, how its answer is read, and where its tokens go: data.
 * Write one with {@link defineProvider}.
 */
export type ProviderDefinition = Common & Api & Grant;

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
    | 'retry'
    | 'onTokenSet'
    | 'subject'
  > & { readonly refreshToken: Credential }
>;

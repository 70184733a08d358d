import type { ClientAuthenticationMethod } from '../oauth2/client-authentication.js';
import type { Credential } from '../oauth2/credentials.js';
import type { JwtOptions } from '../oauth2/jwt.js';
import type { RequestUrl, TokenEndpoint } from '../oauth2/token-endpoint.js';

/** The members of a definition that a grant or a client authentication does not have. */
export type Absent<Name extends keyof TokenEndpoint> = { readonly [N in Name]?: undefined };

/** The credentials of which each grant has some. */
export type GrantCredential =
  'username' | 'password' | 'refreshToken' | 'subjectToken' | 'actorToken' | 'assertion';

/** The credentials that a grant does not have. */
export type NoCredentialBut<Name extends GrantCredential> = Absent<Exclude<GrantCredential, Name>>;

/** A client with a secret (RFC 6749 §2.3.1). */
export interface SecretClient extends Absent<'clientAssertion'> {
  readonly clientId: Credential;
  readonly clientSecret: Credential;
}

/** A client that authenticates with its secret: in the header, in the body, or with a JWT that is signed with it. */
export interface ClientSecretAuthentication extends SecretClient {
  readonly clientAuthentication: Extract<ClientAuthenticationMethod, `client_secret_${string}`>;
}

/** A client that authenticates with a JWT (RFC 7523 §2.2). */
export interface PrivateKeyJwtAuthentication extends Absent<'clientSecret'> {
  readonly clientAuthentication: 'private_key_jwt';
  readonly clientId: Credential;
  /** How the JWT is made, or a ready-made one. */
  readonly clientAssertion: JwtOptions | Credential;
}

/** A client that authenticates with its TLS certificate (RFC 8705 §2). `axios.httpsAgent` has the certificate. */
export interface TlsClientAuthentication extends Absent<'clientSecret' | 'clientAssertion'> {
  readonly clientAuthentication: 'tls_client_auth';
  readonly clientId: Credential;
}

/** A client that does not authenticate (RFC 6749 §2.1, public clients). */
export interface NoClientAuthentication extends Absent<'clientSecret' | 'clientAssertion'> {
  readonly clientAuthentication: 'none';
  readonly clientId?: Credential | undefined;
}

/** A client whose authentication is named. */
export type NamedClientAuthentication =
  | ClientSecretAuthentication
  | PrivateKeyJwtAuthentication
  | TlsClientAuthentication
  | NoClientAuthentication;

/** The client, and how it authenticates. Default `client_secret_basic`. */
export type ClientDefinition =
  NamedClientAuthentication | (SecretClient & { readonly clientAuthentication?: undefined });

/** The client of a grant that needs none. Default `none`. */
export type OptionalClientDefinition =
  | NamedClientAuthentication
  | (Absent<'clientSecret' | 'clientAssertion'> & {
      readonly clientAuthentication?: undefined;
      readonly clientId?: Credential | undefined;
    });

/** RFC 6749 §4.4. It is the default. */
export interface ClientCredentialsGrant extends NoCredentialBut<never> {
  /** Default `client_credentials`. */
  readonly grantType?: 'client_credentials' | undefined;
  readonly tokenEndpoint: RequestUrl;
}

/** RFC 6749 §4.3. */
export interface PasswordGrant extends NoCredentialBut<'username' | 'password' | 'refreshToken'> {
  readonly grantType: 'password';
  readonly tokenEndpoint: RequestUrl;
  readonly username: Credential;
  readonly password: Credential;
  /** A refresh token to begin with, instead of a login. See `onTokenSet`. */
  readonly refreshToken?: Credential | undefined;
}

/** RFC 6749 §6, with a refresh token that was obtained elsewhere. */
export interface RefreshTokenGrant extends NoCredentialBut<'refreshToken'> {
  readonly grantType: 'refresh_token';
  readonly tokenEndpoint: RequestUrl;
  readonly refreshToken: Credential;
}

/** RFC 8693. */
export interface TokenExchangeGrant extends NoCredentialBut<'subjectToken' | 'actorToken'> {
  readonly grantType: 'urn:ietf:params:oauth:grant-type:token-exchange';
  readonly tokenEndpoint: RequestUrl;
  readonly subjectToken: Credential;
  readonly actorToken?: Credential | undefined;
}

/** RFC 7523 §2.1. */
export interface JwtBearerGrant extends NoCredentialBut<'assertion'> {
  readonly grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  readonly tokenEndpoint: RequestUrl;
  /** How the assertion is made, or a ready-made one. */
  readonly assertion: JwtOptions | Credential;
}

/** RFC 7522 §2.1. */
export interface Saml2BearerGrant extends NoCredentialBut<'assertion'> {
  readonly grantType: 'urn:ietf:params:oauth:grant-type:saml2-bearer';
  readonly tokenEndpoint: RequestUrl;
  /** The ready-made assertion, in base64url. */
  readonly assertion: Credential;
}

/**
 * Any other request for a token. `parameters`, `query` and `headers` say all of it, except for the client
 * authentication if the definition names one.
 */
export interface CustomGrant extends NoCredentialBut<'username' | 'password' | 'refreshToken'> {
  readonly grantType: 'custom';
  readonly tokenEndpoint: RequestUrl;
  /** For `values.credential` and the functions of the definition. */
  readonly username?: Credential | undefined;
  /** For `values.credential` and the functions of the definition. */
  readonly password?: Credential | undefined;
  /** A refresh token to begin with, instead of a login. See `onTokenSet`. */
  readonly refreshToken?: Credential | undefined;
}

/** The access token is a JWT that this package signs. There is no token endpoint. */
export interface SelfSignedJwtGrant
  extends
    NoCredentialBut<'assertion'>,
    Absent<'tokenEndpoint' | 'clientSecret' | 'clientAuthentication' | 'clientAssertion'> {
  readonly grantType: 'self_signed_jwt';
  readonly clientId?: Credential | undefined;
  readonly assertion: JwtOptions;
}

/** The grant of a definition, with its credentials and its client. */
export type GrantDefinition =
  | (ClientCredentialsGrant & ClientDefinition)
  | (PasswordGrant & ClientDefinition)
  | (RefreshTokenGrant & ClientDefinition)
  | (TokenExchangeGrant & ClientDefinition)
  | (JwtBearerGrant & OptionalClientDefinition)
  | (Saml2BearerGrant & OptionalClientDefinition)
  | (CustomGrant & OptionalClientDefinition)
  | SelfSignedJwtGrant;

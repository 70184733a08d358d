// The entry point `nestjs-oauth2-client/define`: the language of provider definitions. It loads neither Nest nor axios.
export {
  OAuth2ClientError,
  type OAuth2ErrorCode,
  type OAuth2ErrorDetails,
  type OAuth2ErrorStage,
} from './core/errors.js';
export type { OnTokenSet } from './core/on-token-set.js';
export { TokenSet, type TokenSetFields } from './core/token-set.js';
export type { TokenTarget } from './core/token-target.js';
export type { ClientAuthenticationMethod } from './oauth2/client-authentication.js';
export type {
  Credential,
  CredentialName,
  CredentialOptions,
  JwtCredentials,
} from './oauth2/credentials.js';
export type { GrantType } from './oauth2/grants.js';
export {
  type JwtAlgorithm,
  type JwtOptions,
  type SigningKey,
  publicKeyFingerprint,
} from './oauth2/jwt.js';
export type { LifetimeFormat } from './oauth2/lifetime.js';
export type {
  Computed,
  Encoding,
  Moment,
  Parameter,
  RequestContext,
  RequestDefinition,
  Scalar,
  SignableRequest,
  Signature,
  RequestValue,
  RequestValues,
} from './oauth2/request-definition.js';
export type { ErrorMeaning, ResponseDefinition } from './oauth2/response-definition.js';
export type { ConditionValue, Conditions, Selector } from './oauth2/selector.js';
export type {
  AccountOfToken,
  BaseURLFrom,
  RefreshDefinition,
  RequestUrl,
  RevocationDefinition,
  StepDefinition,
  StepDefinitions,
  TokenEndpoint,
} from './oauth2/token-endpoint.js';
export type { SignableApiRequest, TokenUse, UseContext, UseValue } from './oauth2/token-use.js';
export { type DigestAlgorithm, base64, basic, digest, hmac, values } from './oauth2/values.js';
export type { QuotaOptions } from './oauth2/vendor-queue.js';
export type { VendorResponse } from './oauth2/vendor-response.js';
export { defineProvider } from './providers/define-provider.js';
export type {
  Absent,
  ClientCredentialsGrant,
  ClientDefinition,
  ClientSecretAuthentication,
  CustomGrant,
  GrantCredential,
  GrantDefinition,
  JwtBearerGrant,
  NamedClientAuthentication,
  NoClientAuthentication,
  NoCredentialBut,
  OptionalClientDefinition,
  PasswordGrant,
  PrivateKeyJwtAuthentication,
  RefreshTokenGrant,
  Saml2BearerGrant,
  SecretClient,
  SelfSignedJwtGrant,
  TlsClientAuthentication,
  TokenExchangeGrant,
} from './providers/grant-definition.js';
export type {
  ApiDefinition,
  ApiOfAccount,
  AxiosOptions,
  CommonDefinition,
  MembersOfGrantAndApi,
  ProviderDefinition,
  ProviderOverrides,
  SharedApi,
} from './providers/provider-definition.js';
export { serverUrl, url } from './providers/url.js';
export { Secret } from './util/secret.js';

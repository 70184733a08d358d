import './http/axios-request-config.js';

export type { AccountLabel, LabelledAccount } from './account/account-label.js';
export { AccountTokens } from './lifecycle/account-tokens.js';
export { systemClock, type Clock } from './util/clock.js';
export {
  OAuth2ClientError,
  type OAuth2ErrorCode,
  type OAuth2ErrorDetails,
  type OAuth2ErrorStage,
} from './core/errors.js';
export type { OnTokenSet } from './core/on-token-set.js';
export type { Freshness } from './account/freshness.js';
export { Secret } from './util/secret.js';
export type { GetTokenOptions, TokenStatus } from './lifecycle/token-access.js';
export { TokenProvider } from './lifecycle/token-provider.js';
export { TokenSet, type TokenSetFields } from './core/token-set.js';
export type { StoredAccount, StoredFailure, TokenLock, TokenStore } from './core/token-store.js';
export type { TokenTarget } from './core/token-target.js';
export type { RequestOAuth2Options } from './http/request-options.js';
export {
  getHttpServiceToken,
  getTokenProviderToken,
  InjectHttpService,
  InjectTokenProvider,
  OAUTH2_HTTP_INTERCEPTOR,
  OAUTH2_RUNTIME,
  TOKEN_PROVIDERS,
} from './module/injection-tokens.js';
export type {
  OAuth2ClientModuleAsyncOptions,
  OAuth2ClientModuleExtras,
  OAuth2ClientModuleOptions,
  OAuth2ClientModuleProviderFactories,
  OAuth2ClientOptionsFactory,
  ProviderFactory,
} from './module/module-options.js';
export { OAuth2ClientModule } from './module/oauth2-client.module.js';
export { OAuth2ExceptionFilter } from './module/oauth2-exception.filter.js';
export { OAuth2HttpInterceptor } from './module/oauth2-http-interceptor.js';
export type { OAuth2Runtime } from './module/runtime.js';
export { TokenProviders } from './module/token-providers.js';
export type { ResponseDefinition, ErrorMeaning } from './oauth2/response-definition.js';
export type { VendorResponse } from './oauth2/vendor-response.js';
export type { ClientAuthenticationMethod } from './oauth2/client-authentication.js';
export type { JwtCredentials } from './oauth2/credentials.js';
export { base64, basic, digest, hmac, type DigestAlgorithm } from './oauth2/values.js';
export type { Credential, CredentialName, CredentialOptions } from './oauth2/credentials.js';
export type { GrantType } from './oauth2/grants.js';
export {
  publicKeyFingerprint,
  type JwtAlgorithm,
  type JwtOptions,
  type SigningKey,
} from './oauth2/jwt.js';
export type { LifetimeFormat } from './oauth2/lifetime.js';
export type { QuotaOptions } from './oauth2/vendor-queue.js';
export type { Conditions, ConditionValue, Selector } from './oauth2/selector.js';
export type {
  Computed,
  Encoding,
  Parameter,
  RequestContext,
  RequestDefinition,
  Scalar,
  SignableRequest,
  Signature,
  Value,
  Values,
} from './oauth2/request-definition.js';
export type {
  RefreshDefinition,
  RequestUrl,
  RevocationDefinition,
  StepDefinition,
  StepDefinitions,
  TokenEndpoint,
} from './oauth2/token-endpoint.js';
export type { SignableApiRequest, TokenUse, UseContext, UseValue } from './oauth2/token-use.js';
export { values } from './oauth2/values.js';
export { defineProvider } from './providers/define-provider.js';
export type {
  AxiosOptions,
  ProviderDefinition,
  ProviderOverrides,
} from './providers/provider-definition.js';
export { tartan, type TartanOptions } from './providers/tartan.js';
export { serverUrl, url } from './providers/url.js';
export { MemoryTokenStore } from './stores/memory.js';
export { zeepay, type ZeepayOptions } from './providers/zeepay.js';

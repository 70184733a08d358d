// The entry point `nestjs-oauth2-client`: what an app uses.
import './http/axios-request-config.js';

export type { AccountLabel, LabelledAccount } from './account/account-label.js';
export type { Freshness } from './account/freshness.js';
export {
  OAuth2ClientError,
  type OAuth2ErrorCode,
  type OAuth2ErrorDetails,
  type OAuth2ErrorStage,
} from './core/errors.js';
export type {
  ApiRequestEvent,
  GrantFacts,
  OAuth2Event,
  OAuth2EventBody,
  OAuth2EventOf,
  RenewalReason,
  StoreEvent,
  TokenOrigin,
  TokenRequestEvent,
} from './core/events.js';
export type { DefinitionEvent, LifetimeDoubt } from './core/definition-events.js';
export type { Recovery } from './core/outage.js';
export { TokenSet, type TokenSetFields } from './core/token-set.js';
export type { StoredAccount, StoredFailure, TokenLock, TokenStore } from './core/token-store.js';
export type { TokenTarget } from './core/token-target.js';
export type { RequestOAuth2Options } from './http/request-config.js';
export { AccountTokens } from './lifecycle/account-tokens.js';
export type { GetTokenOptions, TokenAccess, TokenStatus } from './lifecycle/token-access.js';
export { TokenProvider } from './lifecycle/token-provider.js';
export {
  InjectHttpService,
  InjectTokenProvider,
  OAUTH2_EVENTS,
  OAUTH2_HTTP_INTERCEPTOR,
  OAUTH2_RUNTIME,
  TOKEN_PROVIDERS,
  getHttpServiceToken,
  getTokenProviderToken,
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
export { OAUTH2_EVENTS_CHANNEL, OAuth2Events } from './module/oauth2-events.js';
export { OAuth2ExceptionFilter } from './module/oauth2-exception.filter.js';
export { OAuth2HttpInterceptor } from './module/oauth2-http-interceptor.js';
export type { OAuth2Runtime } from './module/runtime.js';
export { TokenProviders } from './module/token-providers.js';
export { values } from './oauth2/values.js';
export { defineProvider } from './providers/define-provider.js';
export type { AxiosOptions, ProviderDefinition } from './providers/provider-definition.js';
export { type TartanOptions, tartan } from './providers/tartan.js';
export { url } from './providers/url.js';
export { type ZeepayOptions, zeepay } from './providers/zeepay.js';
export { MemoryTokenStore } from './stores/memory.js';
export { type Clock, systemClock } from './util/clock.js';

import { Inject } from '@nestjs/common';

/**
 * Tokens of dependency injection are registered symbols: the ESM and the CommonJS build of this
 * package name the same thing with the same token.
 */
const token = (description: string) => Symbol.for(`nestjs-oauth2-client:${description}`);

/** Options as the module got them. */
export const MODULE_OPTIONS = token('options');
/** Definitions after their check. */
export const PROVIDER_DEFINITIONS = token('definitions');
/** The store that tokens are shared in, if there is one. */
export const SHARED_STORE = token('store');
/** The refresh token families of all providers: several may be configured with one refresh token. */
export const REFRESH_TOKEN_FAMILIES = token('refresh token families');
/** What happens when the app has started. */
export const APP_START = token('start');
/** Makes the running provider of a definition. */
export const TOKEN_PROVIDER_FACTORY = token('token provider factory');
/** Which API a URL belongs to. */
export const API_DIRECTORY = token('apis');

/**
 * The clocks and the random numbers of the module: `{ clock, random }`. Override it in tests to move
 * time: `Test.createTestingModule(…).overrideProvider(OAUTH2_RUNTIME).useValue({ clock, random })`.
 */
export const OAUTH2_RUNTIME = token('runtime');

/**
 * Injects the `OAuth2HttpInterceptor`, as its class does. If a process loads this package by `import` and by
 * `require`, there are two classes of that name, and only this token works for both.
 */
export const OAUTH2_HTTP_INTERCEPTOR = token('OAuth2HttpInterceptor');

/** Injects the `TokenProviders`, as its class does; see {@link OAUTH2_HTTP_INTERCEPTOR}. */
export const TOKEN_PROVIDERS = token('TokenProviders');

/** Injects the `OAuth2Events`, as its class does; see {@link OAUTH2_HTTP_INTERCEPTOR}. */
export const OAUTH2_EVENTS = token('OAuth2Events');

const TOKEN_PROVIDER = /^nestjs-oauth2-client:(?:TokenProvider|HttpService)\((.+)\)$/;

/** Injection token of a provider's `TokenProvider`, for `overrideProvider` and `inject`. */
export function getTokenProviderToken(name: string): symbol {
  return token(`TokenProvider(${name})`);
}

/** Injection token of the `HttpService` of one provider, or of the one for all. */
export function getHttpServiceToken(name?: string): symbol {
  return token(name === undefined ? 'HttpService' : `HttpService(${name})`);
}

/** The provider that an injection token of this package belongs to. @internal */
export function providerNameOf(injectionToken: unknown): string | undefined {
  if (typeof injectionToken !== 'symbol') return undefined;
  return TOKEN_PROVIDER.exec(injectionToken.description ?? '')?.[1];
}

/** Injects the `TokenProvider` of a provider: the token itself, for other clients than axios. */
export function InjectTokenProvider(name: string): PropertyDecorator & ParameterDecorator {
  return Inject(getTokenProviderToken(name));
}

/**
 * Injects an `HttpService` of `@nestjs/axios`. With a name: bound to that provider, with its base URL
 * and its token. Without: any URL of a known provider gets that provider's token, others go out
 * untouched.
 */
export function InjectHttpService(name?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getHttpServiceToken(name));
}

import { Inject } from '@nestjs/common';

/**
 * Injection tokens are registered symbols, so that the ESM and the CommonJS build of this package have the same tokens.
 */
const token = (description: string) => Symbol.for(`nestjs-oauth2-client:${description}`);

/** The options that the module was imported with. */
export const MODULE_OPTIONS = token('options');
/** The definitions, after the check. */
export const PROVIDER_DEFINITIONS = token('definitions');
/** The store in which instances share tokens, if there is one. */
export const SHARED_STORE = token('store');
/** The refresh token families of all providers. Several providers may be configured with the same refresh token. */
export const REFRESH_TOKEN_FAMILIES = token('refresh token families');
/** What happens when the app has started. */
export const APP_START = token('start');
/** Makes the running provider of a definition. */
export const TOKEN_PROVIDER_FACTORY = token('token provider factory');
/** Finds the API that a URL belongs to. */
export const API_DIRECTORY = token('apis');

/**
 * The clocks and the random numbers of the module: `{ clock, random }`. Override it in a test to move time:
 * `Test.createTestingModule(…).overrideProvider(OAUTH2_RUNTIME).useValue({ clock, random })`.
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

/**
 * Injection token of the `HttpService` that is bound to one provider, or without a name of the one for all providers.
 */
export function getHttpServiceToken(name?: string): symbol {
  return token(name === undefined ? 'HttpService' : `HttpService(${name})`);
}

/** Returns the provider that an injection token of this package belongs to. @internal */
export function providerNameOf(injectionToken: unknown): string | undefined {
  if (typeof injectionToken !== 'symbol') return undefined;
  return TOKEN_PROVIDER.exec(injectionToken.description ?? '')?.[1];
}

/** Injects the `TokenProvider` of a provider. Use it to get the token itself, for clients other than axios. */
export function InjectTokenProvider(name: string): PropertyDecorator & ParameterDecorator {
  return Inject(getTokenProviderToken(name));
}

/**
 * Injects an `HttpService` of `@nestjs/axios`. With a name, it is bound to that provider: it has its base URL and sends
 * its token. Without a name, requests to a URL of a known provider carry that provider's token, and other requests are
 * sent unchanged.
 */
export function InjectHttpService(name?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getHttpServiceToken(name));
}

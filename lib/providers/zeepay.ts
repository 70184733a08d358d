import type { Credential } from '../oauth2/credentials.js';
import { defineProvider } from './define-provider.js';
import type { ProviderDefinition, ProviderOverrides } from './provider-definition.js';
import { serverUrl } from './url.js';

/** Both servers that the vendor documents. */
const SERVERS = {
  test: 'https://test.digitaltermination.com',
  sandbox: 'https://business-sandbox.instntmny.com',
};

/** Options of {@link zeepay}. */
export interface ZeepayOptions extends ProviderOverrides {
  /** A documented server by name, or any other by its URL. */
  readonly server: 'test' | 'sandbox' | (string & {});
  readonly clientId: Credential;
  readonly clientSecret: Credential;
  /** The e-mail address of the account. */
  readonly username: Credential;
  readonly password: Credential;
}

/**
 * Zeepay (payments), as "Get OAuth Token" at docs.myzeepay.com documents it. Its tokens live for
 * a year.
 */
export function zeepay(options: ZeepayOptions): ProviderDefinition {
  const { name = 'zeepay', server, ...rest } = options;
  return defineProvider({
    name,
    tokenEndpoint: '/oauth/token',
    grantType: 'password',
    clientAuthentication: 'client_secret_post',
    refresh: 'undocumented',
    baseURL: serverUrl(name, SERVERS, server),
    ...rest,
  });
}

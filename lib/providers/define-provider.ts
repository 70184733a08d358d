import { Secret } from '../core/secret.js';
import { SECRETS } from '../oauth2/credentials.js';
import type { ProviderDefinition } from './provider-definition.js';

/**
 * Declares a vendor. The value is checked when the module starts; the types already say which
 * credentials belong to which grant and client authentication. Secrets in it are printed redacted.
 *
 * ```ts
 * const acme = defineProvider({
 *   name: 'acme',
 *   tokenEndpoint: 'https://auth.acme.example/oauth/token',
 *   clientId: 'my-app',
 *   clientSecret: () => vault.read('acme'),
 *   scope: 'orders:read',
 *   baseURL: 'https://api.acme.example/v1',
 * });
 * ```
 */
export function defineProvider(definition: ProviderDefinition): ProviderDefinition {
  const secrets = SECRETS.flatMap((name) => {
    const value = definition[name];
    return typeof value === 'string' ? [[name, new Secret(value)] as const] : [];
  });
  return { ...definition, ...Object.fromEntries(secrets) };
}

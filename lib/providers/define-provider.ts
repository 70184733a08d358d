import type { ProviderDefinition } from './provider-definition.js';

/**
 * Declares a vendor. The value is checked when the module starts; the types already say which
 * credentials belong to which grant and client authentication.
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
export function defineProvider<const Name extends string>(
  definition: ProviderDefinition<Name>,
): ProviderDefinition<Name> {
  return definition;
}

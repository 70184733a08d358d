import { defineProvider, type ProviderDefinition } from '../../lib/index.js';

export const CLIENT_ID = 'acme-client';
export const CLIENT_SECRET = 'Kq93vX7-b2Tn-wZ5rLd';

/** A provider whose token endpoint and API are one fake vendor. */
export function acme(
  vendor: { readonly url: string },
  changes: Readonly<Record<string, unknown>> = {},
): ProviderDefinition {
  return defineProvider({
    name: 'acme',
    tokenEndpoint: `${vendor.url}/token`,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    baseURL: vendor.url,
    ...changes,
  });
}

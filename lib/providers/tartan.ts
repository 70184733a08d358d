import type { Credential } from '../oauth2/credentials.js';
import { defineProvider } from './define-provider.js';
import type { ProviderDefinition, ProviderOverrides } from './provider-definition.js';

/** Options of {@link tartan}. */
export interface TartanOptions extends ProviderOverrides {
  /** The environment in `https://{env}.tartanhq.com`. Default `dev`. */
  readonly env?: string | undefined;
  /** The whole URL of a server, instead of `env`. */
  readonly server?: string | undefined;
  readonly username: Credential;
  readonly password: Credential;
}

/** Tartan HyperSync (HR), as "OAuth Token" at docs.hypersync.tartanhq.com documents it. */
export function tartan(options: TartanOptions): ProviderDefinition {
  const { name = 'tartan', env = 'dev', server, ...rest } = options;
  return defineProvider({
    name,
    tokenEndpoint: '/api/external/oauth/token',
    grantType: 'password',
    clientAuthentication: 'none',
    encoding: 'multipart',
    refresh: 'undocumented',
    baseURL: server ?? `https://${encodeURIComponent(env)}.tartanhq.com`,
    ...rest,
  });
}

import { ApiDirectory } from '../http/api-directory.js';
import { connectionOf } from '../http/connection.js';
import { Presentation } from '../http/presentation.js';
import type { OAuth2ClientModuleOptions } from './module-options.js';
import type { ProviderDefinitions } from './provider-definitions.js';
import { apiTokensOf } from './replaced-provider.js';
import type { OAuth2Runtime } from './runtime.js';
import type { TokenProviders } from './token-providers.js';

/** Makes the directory of the APIs that a module has tokens for. */
export function createApiDirectory(
  definitions: ProviderDefinitions,
  providers: TokenProviders,
  options: OAuth2ClientModuleOptions,
  { clock }: OAuth2Runtime,
): ApiDirectory {
  const apis = [...definitions.values()].map((definition) => {
    const { name, baseURL, baseURLFrom, origins = [], subject, replay, enabled } = definition;
    return {
      provider: name,
      tokens: apiTokensOf(name, providers.get(name)),
      presentation: new Presentation(definition.use, clock),
      subject,
      replay,
      enabled: enabled !== false,
      connection: connectionOf({ ...options.axios, ...definition.axios }),
      baseURL,
      baseURLFrom,
      origins: baseURL === undefined ? origins : [baseURL, ...origins],
    };
  });
  return new ApiDirectory(apis);
}

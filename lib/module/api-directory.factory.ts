import type { EventSink } from '../core/events.js';
import { ApiDirectory } from '../http/api-directory.js';
import { connectionOf } from '../http/request-config.js';
import { RequestEvents } from '../http/request-events.js';
import { FirstResponse } from '../http/response.js';
import { ApiTokenUse } from '../http/token-use.js';
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
  events: EventSink,
): ApiDirectory {
  const apis = [...definitions.values()].map((definition) => {
    const { name, baseURL, baseURLFrom, origins = [], subject, retry, enabled } = definition;
    const tokens = apiTokensOf(name, providers.get(name));
    return {
      provider: name,
      tokens,
      events: new RequestEvents({
        provider: name,
        events,
        clock,
        statusOf: (target) => tokens.status?.(target),
      }),
      use: new ApiTokenUse(definition.use, clock),
      firstResponse: new FirstResponse(() =>
        events.emit({ type: 'api.not_found', provider: name, baseURL }),
      ),
      subject,
      retry,
      enabled: enabled !== false,
      connection: connectionOf({ ...options.axios, ...definition.axios }),
      baseURL,
      baseURLFrom,
      origins: baseURL === undefined ? origins : [baseURL, ...origins],
    };
  });
  return new ApiDirectory(apis);
}

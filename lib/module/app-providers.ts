import type { ModulesContainer } from '@nestjs/core';

import { OAUTH2_EVENTS, TOKEN_PROVIDERS } from './injection-tokens.js';
import type { OAuth2Events } from './oauth2-events.js';
import type { TokenProviders } from './token-providers.js';

/** What one `forRoot` or `forRootAsync` of an app has. */
export interface OAuth2Client {
  readonly providers: TokenProviders;
  readonly events: OAuth2Events;
}

/**
 * Finds every `forRoot` of an app, so that a module beside it needs no configuration and no import. The injection
 * tokens are registered symbols, so that the ESM and the CommonJS build find each other's. Call it in `onModuleInit`
 * or later: before that, Nest may not have made all of them.
 *
 * @param container inject `ModulesContainer` of `@nestjs/core`
 */
export function clientsOf(container: ModulesContainer): OAuth2Client[] {
  return [...container.values()].flatMap(({ providers }) => {
    const instanceOf = (token: symbol): unknown => providers.get(token)?.instance;
    const found = instanceOf(TOKEN_PROVIDERS) as TokenProviders | undefined;
    const events = instanceOf(OAUTH2_EVENTS) as OAuth2Events | undefined;
    return found && events ? [{ providers: found, events }] : [];
  });
}

import type { ModulesContainer } from '@nestjs/core';

import { OAUTH2_EVENTS, OAUTH2_RUNTIME, TOKEN_PROVIDERS } from './injection-tokens.js';
import type { OAuth2Events } from './oauth2-events.js';
import type { OAuth2Runtime } from './runtime.js';
import type { TokenProviders } from './token-providers.js';

/** What one import of `OAuth2ClientModule` has for the modules that observe it. */
export interface AppProviders {
  readonly providers: TokenProviders;
  readonly events: OAuth2Events;
  readonly runtime: OAuth2Runtime;
}

/**
 * Everything that the imports of `OAuth2ClientModule` in an app have made. They are found by their injection tokens,
 * so it does not matter whether the app has loaded the ESM or the CommonJS build.
 *
 * @param modules the container of the app, once Nest has built it
 */
export function appProviders(modules: ModulesContainer): AppProviders[] {
  return [...modules.values()].flatMap(({ providers }) => {
    const instanceOf = (token: symbol): unknown => providers.get(token)?.instance;
    const found = instanceOf(TOKEN_PROVIDERS) as TokenProviders | undefined;
    if (!found) return [];
    const events = instanceOf(OAUTH2_EVENTS) as OAuth2Events;
    const runtime = instanceOf(OAUTH2_RUNTIME) as OAuth2Runtime;
    return [{ providers: found, events, runtime }];
  });
}

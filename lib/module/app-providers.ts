import type { ModulesContainer } from '@nestjs/core';

import type { ProviderDefinition } from '../providers/provider-definition.js';
import type { Clock } from '../util/clock.js';
import {
  OAUTH2_EVENTS,
  OAUTH2_RUNTIME,
  PROVIDER_DEFINITIONS,
  TOKEN_PROVIDERS,
} from './injection-tokens.js';
import type { OAuth2Events } from './oauth2-events.js';
import type { ProviderDefinitions } from './provider-definitions.js';
import type { OAuth2Runtime } from './runtime.js';
import type { TokenProviders } from './token-providers.js';

/** What one `forRoot` or `forRootAsync` of an app has. */
export interface OAuth2Client {
  readonly providers: TokenProviders;
  readonly events: OAuth2Events;
  readonly definitions: ProviderDefinitions;
  readonly clock: Clock;
}

/**
 * Finds every `forRoot` of an app, so that a module beside it needs no configuration and no import. The injection
 * tokens are registered symbols, so that the ESM and the CommonJS build find each other's. Call it in `onModuleInit`
 * or later: before that, Nest may not have made all of them.
 *
 * @param container inject `ModulesContainer` of `@nestjs/core`
 */
export function clientsOf(container: ModulesContainer): OAuth2Client[] {
  return [...container.values()].flatMap((module) => {
    const instanceOf = (token: symbol): unknown => module.providers.get(token)?.instance;
    const providers = instanceOf(TOKEN_PROVIDERS) as TokenProviders | undefined;
    const events = instanceOf(OAUTH2_EVENTS) as OAuth2Events | undefined;
    const definitions = instanceOf(PROVIDER_DEFINITIONS) as ProviderDefinitions | undefined;
    const runtime = instanceOf(OAUTH2_RUNTIME) as OAuth2Runtime | undefined;
    if (!providers || !events || !definitions || !runtime) return [];
    return [{ providers, events, definitions, clock: runtime.clock }];
  });
}

/**
 * Whether a login can check a provider without a call that needs it: its own account has a token that others use
 * later. It has none if a `subject` function decides whose token a call uses, and a single-use token serves nobody.
 */
export function isVerifiable({ enabled, subject, singleUse }: ProviderDefinition): boolean {
  return enabled !== false && !subject && !singleUse;
}

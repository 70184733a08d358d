import { Logger } from '@nestjs/common';

import { accountLabels } from '../account/account-label.js';
import { bare } from '../util/memory.js';
import { OAuth2ClientError } from '../core/errors.js';
import type { EventSink } from '../core/events.js';
import type { RefreshTokenFamilies } from '../account/refresh-token-family.js';
import type { SharedStore } from '../sharing/shared-store.js';
import { TokenProvider } from '../lifecycle/token-provider.js';
import type { TokenSource } from '../core/token-source.js';
import { axiosTransport } from '../http/axios-transport.js';
import { constantSecrets } from '../oauth2/account-key.js';
import { DEFAULT_LIFETIME } from '../oauth2/lifetime.js';
import type { TokenEndpoint } from '../oauth2/token-endpoint.js';
import { TokenEndpointSource, type TokenEndpointParts } from '../oauth2/token-endpoint-source.js';
import { identityOf, opaqueFunctions } from '../providers/account-identity.js';
import type { ProviderDefinition } from '../providers/provider-definition.js';
import { strayTexts } from '../providers/white-space.js';
import type { OAuth2ClientModuleOptions } from './module-options.js';
import type { OAuth2Runtime } from './runtime.js';

const DEADLINE = 10_000;
const FORCED_RENEWAL_INTERVAL = 10_000;
const ACCOUNT_LIMIT = 10_000;

/** Makes the running provider of a definition. */
export function createTokenProvider(
  definition: ProviderDefinition,
  options: OAuth2ClientModuleOptions,
  { clock, random }: OAuth2Runtime,
  { emit }: EventSink,
  families: RefreshTokenFamilies,
  store: SharedStore | undefined,
): TokenProvider {
  const { name, enabled, deadline, refreshWindow, onTokenSet, subject, singleUse } = definition;
  const endpoint = endpointOf(definition);
  const transport = axiosTransport({ ...options.axios, ...definition.axios });
  const logger = new Logger('OAuth2Client');
  if (store && enabled !== false && !singleUse) tellOfFunctions(logger, name, endpoint);
  return new TokenProvider({
    name,
    clock,
    random,
    families,
    source:
      enabled === false
        ? disabledSource(name)
        : sourceOf(name, endpoint, { transport, clock, emit, identityOf }),
    emit,
    deadline: deadline ?? DEADLINE,
    forcedRenewalInterval: FORCED_RENEWAL_INTERVAL,
    accountLimit: ACCOUNT_LIMIT,
    store: singleUse ? undefined : store,
    refreshWindow,
    onTokenSet,
    labelOf: accountLabels({
      provider: name,
      secrets: () => constantSecrets(endpoint),
      accountLabel: options.accountLabel,
    }),
    subject,
    singleUse,
    revokesOnClose: definition.revokeOnShutdown,
    revokesReplaced: definition.revokeReplaced,
  });
}

/** Logs once at start which functions may read secrets that are not part of the account's key. */
function tellOfFunctions(logger: Logger, name: string, endpoint: TokenEndpoint): void {
  const functions = endpoint.credentials ? [] : opaqueFunctions(endpoint);
  if (functions.length === 0) return;
  const names = functions.map((path) => `\`${path}\``).join(', ');
  logger.log(
    `[${name}] The definition has functions of its own: ${names}. Instances that differ only in a secret which ` +
      'such a function reads share one token. Declare such a secret under `credentials`, and read it from there.',
  );
}

/** Reports white space at the ends of constants that are sent, which is rarely meant. */
function sourceOf(name: string, endpoint: TokenEndpoint, parts: TokenEndpointParts): TokenSource {
  const members = strayTexts(endpoint);
  if (members.length > 0) parts.emit({ type: 'definition.white_space', provider: name, members });
  return new TokenEndpointSource(name, endpoint, parts);
}

/** A token for one request has nothing to renew, and nobody cares how long it lives. */
function endpointOf(definition: ProviderDefinition): TokenEndpoint {
  const { tokenEndpoint, baseURL, origins = [], singleUse } = definition;
  const { defaultLifetime = DEFAULT_LIFETIME } = definition;
  const isUrl = typeof tokenEndpoint === 'string';
  return bare({
    ...definition,
    tokenEndpoint: isUrl ? new URL(tokenEndpoint, baseURL).href : tokenEndpoint,
    origins: baseURL === undefined ? origins : [baseURL, ...origins],
    ...(singleUse && { refresh: 'never', defaultLifetime }),
  });
}

function disabledSource(provider: string): TokenSource {
  return {
    refreshDocumented: true,
    canLogInAgain: true,
    credentialsMayChange: false,
    prepare: () =>
      Promise.reject(
        new OAuth2ClientError({
          code: 'PROVIDER_DISABLED',
          provider,
          stage: 'configuration',
          reason: 'This provider is disabled in this environment.',
          hint: 'Set `enabled: true` and its credentials to use it.',
        }),
      ),
  };
}

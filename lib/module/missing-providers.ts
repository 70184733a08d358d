import type { InjectionToken } from '@nestjs/common';

import { didYouMean } from '../providers/did-you-mean.js';
import {
  getHttpServiceToken,
  OAUTH2_EVENTS,
  OAUTH2_HTTP_INTERCEPTOR,
  providerNameOf,
  TOKEN_PROVIDERS,
} from './injection-tokens.js';
import { OAuth2Events } from './oauth2-events.js';
import { OAuth2HttpInterceptor } from './oauth2-http-interceptor.js';
import { registeredNames, requests, type NestModule } from './requested-names.js';
import { TokenProviders } from './token-providers.js';
import { declarers, sees } from './visibility.js';

/** What every import of the module exports in addition to its providers, as the user's code names it. */
const COMMON = new Map<InjectionToken, string>([
  [getHttpServiceToken(), '@InjectHttpService()'],
  [TokenProviders, 'TokenProviders'],
  [TOKEN_PROVIDERS, 'TokenProviders'],
  [OAuth2Events, 'OAuth2Events'],
  [OAUTH2_EVENTS, 'OAuth2Events'],
  [OAuth2HttpInterceptor, 'OAuth2HttpInterceptor'],
  [OAUTH2_HTTP_INTERCEPTOR, 'OAuth2HttpInterceptor'],
]);

/**
 * Describes each injection that will fail: the provider is not declared, or it is declared where the module cannot see
 * it. The error of Nest names only the token.
 */
export function missingProviders(modules: readonly NestModule[], self: unknown): string[] {
  const known = registeredNames(modules);
  return requests(modules, (token) => wordsFor(token) !== undefined)
    .filter(({ token, module }) => !sees(module, token))
    .map(({ token, consumer, module }) => {
      const injects = `${consumer} in ${module.name} injects ${wordsFor(token)}`;
      const name = providerNameOf(token);
      if (name !== undefined && !known.includes(name)) {
        return `${injects}, which is not declared${didYouMean(name, known) || '.'} Declared providers: ${known.join(', ') || 'none'}.`;
      }
      return `${injects}, ${hidden(module.name, declarers(modules, self, token))}`;
    });
}

function wordsFor(token: InjectionToken): string | undefined {
  const name = providerNameOf(token);
  return name === undefined ? COMMON.get(token) : `the provider "${name}"`;
}

function hidden(module: string, declaring: readonly NestModule[]): string {
  const [first = 'another module'] = declaring.map(({ name }) => name);
  return (
    `which is declared in ${first} but is not visible in ${module}. ` +
    `Set \`isGlobal: true\` in the options of OAuth2ClientModule, or export OAuth2ClientModule from ${first} and import ${first} in ${module}.`
  );
}

import { Logger, type OnApplicationBootstrap } from '@nestjs/common';

import { OAuth2ClientError } from '../core/errors.js';
import type { ProviderDefinition } from '../providers/provider-definition.js';
import { isVerifiable } from './app-providers.js';
import type { OAuth2ClientModuleOptions } from './module-options.js';
import type { ProviderDefinitions } from './provider-definitions.js';
import type { TokenProviders } from './token-providers.js';

/** What happens when the app has started: a line in the log, and the logins that `verifyOnStart` asks for. */
export class AppStart implements OnApplicationBootstrap {
  readonly #logger = new Logger('OAuth2Client');

  constructor(
    private readonly options: OAuth2ClientModuleOptions,
    private readonly definitions: ProviderDefinitions,
    private readonly providers: TokenProviders,
  ) {}

  /**
   * Called by Nest.
   *
   * @throws {OAuth2ClientError} if a login fails and `verifyOnStart` is `fail`
   */
  async onApplicationBootstrap(): Promise<void> {
    const definitions = [...this.definitions.values()];
    const names = definitions.map(described).join(', ') || 'none';
    this.#logger.log(`Providers: ${names}. Token store: ${storeOf(this.options)}.`);
    const { verifyOnStart } = this.options;
    if (!verifyOnStart) return;
    const logins = definitions.filter(isVerifiable).map(({ name }) => this.#failureOf(name));
    const failures = (await Promise.all(logins)).filter((error) => error !== undefined);
    if (failures.length === 0) return;
    if (verifyOnStart === 'fail') throw startFailed(failures);
    for (const { provider: name, code } of failures) {
      this.#logger.warn(
        `[${name}] The login at start failed (${code}). The app starts nevertheless, and calls to this API fail until a login succeeds.`,
      );
    }
  }

  async #failureOf(name: string): Promise<OAuth2ClientError | undefined> {
    try {
      await this.providers.get(name).getToken();
      return undefined;
    } catch (error) {
      if (error instanceof OAuth2ClientError) return error;
      throw error; // a test double's own
    }
  }
}

/** The name of a provider and the origins of its API. A path or a query may hold a secret. */
function described({ name, enabled, baseURL, origins = [] }: ProviderDefinition): string {
  const urls = baseURL === undefined ? origins : [baseURL, ...origins];
  const facts = [...new Set(urls.map((url) => new URL(url).origin))];
  return `${name} (${[...facts, ...(enabled === false ? ['disabled'] : [])].join(', ')})`;
}

function storeOf({ store }: OAuth2ClientModuleOptions): string {
  return store
    ? (store.address ?? 'without an address')
    : 'none, so each instance logs in by itself';
}

/** One error for all logins that have failed. */
function startFailed(failures: readonly OAuth2ClientError[]): OAuth2ClientError {
  const [first] = failures as [OAuth2ClientError];
  const lines = failures.map(
    ({ provider, code, reason, hint }) => `\n  - ${provider}: ${code}: ${reason} ${hint}`,
  );
  return new OAuth2ClientError({
    code: first.code,
    provider: failures.map(({ provider }) => provider).join(', '),
    stage: first.stage,
    reason: `The login at start failed:${lines.join('')}\n`,
    hint: "The app does not start because of `verifyOnStart: 'fail'`. With 'warn' it starts, and calls to this API fail until a login succeeds.",
    cause: first,
  });
}

import { Logger, type OnApplicationShutdown } from '@nestjs/common';

import { kindOf } from '../core/errors.js';
import type { TokenProvider } from '../lifecycle/token-provider.js';
import { unknownProvider } from '../core/unknown-provider.js';

/** The providers of a module, to look one up at run time. */
export class TokenProviders implements OnApplicationShutdown {
  readonly #providers: ReadonlyMap<string, TokenProvider>;

  /** @internal */
  constructor(providers: ReadonlyMap<string, TokenProvider>) {
    this.#providers = providers;
  }

  /** Names in the order of their declaration. */
  get names(): string[] {
    return [...this.#providers.keys()];
  }

  has(name: string): boolean {
    return this.#providers.has(name);
  }

  /** @throws {OAuth2ClientError} `PROVIDER_UNKNOWN`, with the known names */
  get(name: string): TokenProvider {
    const provider = this.#providers.get(name);
    if (provider) return provider;
    throw unknownProvider(name, this.names, 'configuration');
  }

  /**
   * Called by Nest: ends all renewals, and gives the tokens back of the providers that want it
   * (`revokeOnShutdown`). Every provider is closed, also if another one fails to close, or if a test has
   * replaced it by an object that cannot be closed. A failure is logged.
   */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.names.map((name) => this.#close(name)));
  }

  async #close(name: string): Promise<void> {
    const provider: Partial<TokenProvider> | undefined = this.#providers.get(name);
    try {
      await provider?.close?.();
    } catch (error) {
      new Logger('OAuth2Client').warn(`[${name}] The provider failed to close (${kindOf(error)}).`);
    }
  }
}

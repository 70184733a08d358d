import type { OnApplicationShutdown } from '@nestjs/common';

import type { TokenProvider } from '../core/token-provider.js';
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
   * (`revokeOnShutdown`). A provider that fails to close, or that a test has replaced, keeps no other
   * one open.
   */
  async onApplicationShutdown(): Promise<void> {
    const providers: Partial<TokenProvider>[] = [...this.#providers.values()];
    await Promise.allSettled(providers.map(async (provider) => provider.close?.()));
  }
}

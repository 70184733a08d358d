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

  /** Called by Nest: gives the tokens back of the providers that want it (`revokeOnShutdown`). */
  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled([...this.#providers.values()].map((provider) => provider.close()));
  }
}

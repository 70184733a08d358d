import { Logger, type OnApplicationShutdown } from '@nestjs/common';

import { kindOf } from '../core/errors.js';
import type { TokenProvider } from '../lifecycle/token-provider.js';
import { unknownProvider } from '../core/unknown-provider.js';

/** The providers of a module. Use it to look one up at run time. */
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
   * Called by Nest. It ends all renewals, and revokes the tokens of providers with `revokeOnShutdown`. A provider that
   * fails to close is logged, and the others are closed nevertheless. An object without `close`, which a test may have
   * put in place of a provider, is left as it is.
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

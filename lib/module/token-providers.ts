import { OAuth2ClientError } from '../core/errors.js';
import type { TokenProvider } from '../core/token-provider.js';

/** The providers of a module, to look one up at run time. */
export class TokenProviders {
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
    throw new OAuth2ClientError({
      code: 'PROVIDER_UNKNOWN',
      provider: name,
      stage: 'configuration',
      reason: 'There is no such provider.',
      hint: `Known providers: ${this.names.join(', ') || 'none'}.`,
    });
  }
}

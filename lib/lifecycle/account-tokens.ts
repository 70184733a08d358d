import type { GetTokenOptions, TokenAccess, TokenStatus } from './token-access.js';
import type { TokenSet } from '../core/token-set.js';
import type { TokenTarget } from '../core/token-target.js';

/** The tokens of one tenant, user or merchant at a provider: the calls of a `TokenProvider`. */
export class AccountTokens {
  readonly #provider: TokenAccess;
  /** Whose tokens these are. */
  readonly subject: string;

  /** @internal */
  constructor(provider: TokenAccess, subject: string) {
    this.#provider = provider;
    this.subject = subject;
  }

  /** See {@link TokenProvider.peek}. */
  peek(target?: Omit<TokenTarget, 'subject'>): TokenSet | undefined {
    return this.#provider.peek(this.#with(target));
  }

  /** See {@link TokenProvider.getToken}. */
  getToken(options?: Omit<GetTokenOptions, 'subject'>): Promise<TokenSet> {
    return this.#provider.getToken(this.#with(options));
  }

  /** See {@link TokenProvider.renew}. */
  renew(
    rejected: TokenSet | string,
    options?: Omit<GetTokenOptions, 'subject'>,
  ): Promise<TokenSet> {
    return this.#provider.renew(rejected, this.#with(options));
  }

  /** See {@link TokenProvider.invalidate}. */
  invalidate(target?: Omit<TokenTarget, 'subject'>): void {
    this.#provider.invalidate(this.#with(target));
  }

  /** See {@link TokenProvider.revoke}. */
  revoke(options?: Omit<GetTokenOptions, 'subject'>): Promise<void> {
    return this.#provider.revoke(this.#with(options));
  }

  /** See {@link TokenProvider.status}. */
  status(target?: Omit<TokenTarget, 'subject'>): TokenStatus {
    return this.#provider.status(this.#with(target));
  }

  #with<T extends TokenTarget>(options: Omit<T, 'subject'> | undefined): T {
    return { ...options, subject: this.subject } as T;
  }
}

import { AccountTokens } from '../lifecycle/account-tokens.js';
import { accountOf } from '../core/token-target.js';
import type { OAuth2ClientError } from '../core/errors.js';
import type { GetTokenOptions, TokenStatus } from '../lifecycle/token-access.js';
import type { TokenProvider } from '../lifecycle/token-provider.js';
import { TokenSet, type TokenSetFields } from '../core/token-set.js';
import { targetKey, type TokenTarget } from '../core/token-target.js';

/** Options of {@link fakeTokenProvider}. */
export interface FakeTokenProviderOptions {
  /** Name of the provider, as `name` and `status()` tell it. Default `fake`. */
  readonly name?: string;
  /**
   * Members of every token set, such as `extra` or `expiresAt` (milliseconds since the epoch). With an
   * `accessToken` here, every token set has that one, also after `renew()`. Default: numbered access tokens
   * (`test-token-1`, `test-token-2`, …). Each ends an hour after it was made.
   */
  readonly token?: Partial<TokenSetFields>;
  /**
   * With an error, there is no token: `getToken()`, `renew()` and `revoke()` reject with it, and `peek()`
   * returns `undefined`. Default: none.
   */
  readonly error?: OAuth2ClientError;
}

/** One call of a {@link FakeTokenProvider}. */
export interface FakeTokenCall {
  /** The method that was called. */
  readonly method: 'peek' | 'getToken' | 'renew' | 'invalidate' | 'revoke' | 'status';
  /** The subject that the call named, if it named one. */
  readonly subject?: string | undefined;
  /** The scope that the call named. */
  readonly scope?: string | readonly string[] | undefined;
  /** The resource that the call named. */
  readonly resource?: string | readonly string[] | undefined;
  /** The access token that `renew()` was to replace. */
  readonly rejected?: string;
}

/** What {@link fakeTokenProvider} makes: a `TokenProvider` that also tells what it was asked. */
export type FakeTokenProvider = TokenProvider & {
  /** All calls so far, oldest first. A request of an `HttpService` makes one or two. */
  readonly calls: readonly FakeTokenCall[];
};

/**
 * A `TokenProvider` for tests: it has tokens at once and sends no request. Put it in place of the real
 * one, and every `HttpService` of the module uses it:
 *
 * ```ts
 * const tokens = fakeTokenProvider();
 * Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(getTokenProviderToken('acme'))
 *   .useValue(tokens);
 * ```
 *
 * It works in jest and in vitest, and has the methods of the real one:
 * - `getToken()` resolves to the current token of the account, and makes one if there is none. Each
 *   account (subject, scope and resource) has its own token. One counter numbers the tokens of all accounts.
 * - `peek()` returns the current token, or `undefined` before the first `getToken()`.
 * - `renew(rejected)` makes the next token if `rejected` is the current one; otherwise it resolves to the
 *   current one. A fixed access token stays the same, so a request that got a 401 is not sent again.
 * - `invalidate()` and `revoke()` forget the token; the next `getToken()` makes the next one.
 * - No token ends by itself, whatever its `expiresAt` says.
 * - A call that names an invalid account, such as an empty subject, fails as it does in the app.
 */
export function fakeTokenProvider(options: FakeTokenProviderOptions = {}): FakeTokenProvider {
  return new Fake(options) as PublicMembers as FakeTokenProvider;
}

/** All but the private fields of the real one, which no other class can have. */
type PublicMembers = Pick<FakeTokenProvider, keyof FakeTokenProvider>;

/** Milliseconds that a token is said to live. */
const HOUR = 3_600_000;

class Fake implements PublicMembers {
  readonly name: string;
  readonly calls: FakeTokenCall[] = [];
  readonly #options: FakeTokenProviderOptions;
  /** By the key of the account. */
  readonly #tokens = new Map<string, TokenSet>();
  #count = 0;

  constructor(options: FakeTokenProviderOptions) {
    this.#options = options;
    this.name = options.name ?? 'fake';
  }

  peek(target?: TokenTarget): TokenSet | undefined {
    return this.#tokens.get(this.#note('peek', target));
  }

  async getToken(options?: GetTokenOptions): Promise<TokenSet> {
    const key = this.#note('getToken', options);
    this.#failWhereAsked(options);
    return this.#current(key);
  }

  async renew(rejected: TokenSet | string, options?: GetTokenOptions): Promise<TokenSet> {
    const accessToken = typeof rejected === 'string' ? rejected : rejected.accessToken;
    const key = this.#note('renew', options, { rejected: accessToken });
    this.#failWhereAsked(options);
    if (this.#current(key).accessToken === accessToken) this.#tokens.delete(key);
    return this.#current(key);
  }

  invalidate(target?: TokenTarget): void {
    this.#tokens.delete(this.#note('invalidate', target));
  }

  async revoke(options?: GetTokenOptions): Promise<void> {
    const key = this.#note('revoke', options);
    this.#failWhereAsked(options);
    this.#tokens.delete(key);
  }

  /** @internal The functions of `use` get no credentials. */
  credentialsOf(): undefined {
    return undefined;
  }

  /** @internal It has no labels. */
  targetOf(): undefined {
    return undefined;
  }

  status(target?: TokenTarget): TokenStatus {
    return this.#statusOf(this.#note('status', target));
  }

  /** The state of the account without a subject. */
  statuses(): TokenStatus[] {
    return [this.#statusOf('')];
  }

  #statusOf(key: string): TokenStatus {
    const expiresAt = this.#tokens.get(key)?.expiresAt;
    const { error } = this.#options;
    const hasToken = expiresAt !== undefined;
    return {
      provider: this.name,
      state: error ? 'down' : hasToken ? 'up' : 'unknown',
      token: hasToken ? 'fresh' : 'none',
      expiresAt,
      renewing: false,
      failures: error ? 1 : 0,
      errorCode: error?.code,
      error,
      retryAfter: 0,
    };
  }

  for(subject: string): AccountTokens {
    accountOf(this.name, { subject }, undefined);
    return new AccountTokens(this, subject);
  }

  /** Called by the module when the app closes. */
  async close(): Promise<void> {}

  toJSON(): { name: string } {
    return { name: this.name };
  }

  /**
   * Keeps the call, and returns the key of its account.
   *
   * @throws {OAuth2ClientError} `REQUEST_INVALID` where the real one does, such as for an empty subject
   */
  #note(
    method: FakeTokenCall['method'],
    options: GetTokenOptions = {},
    more?: Pick<FakeTokenCall, 'rejected'>,
  ): string {
    const { signal: _signal, ...target } = options;
    this.calls.push({ method, ...target, ...more });
    return targetKey(accountOf(this.name, target, undefined));
  }

  #failWhereAsked(options: GetTokenOptions | undefined): void {
    options?.signal?.throwIfAborted();
    if (this.#options.error) throw this.#options.error;
  }

  #current(key: string): TokenSet {
    const tokens = this.#tokens.get(key) ?? this.#next();
    this.#tokens.set(key, tokens);
    return tokens;
  }

  #next(): TokenSet {
    return new TokenSet({
      accessToken: `test-token-${++this.#count}`,
      expiresAt: Date.now() + HOUR,
      ...this.#options.token,
    });
  }
}

import type { AttemptCall, AttemptPolicy } from '../../lib/core/attempts.js';
import type { Instant } from '../../lib/util/clock.js';
import { TokenSet, type TokenSetFields } from '../../lib/core/token-set.js';
import type { PreparedGrants, TokenAttempt, TokenSource } from '../../lib/core/token-source.js';
import { targetKey, type TokenTarget } from '../../lib/core/token-target.js';

/** How an answer is granted: seconds instead of an absolute expiry. */
export type Grant = Partial<Omit<TokenSetFields, 'expiresAt'>> & { readonly expiresIn?: number };

/** One token request that waits for its answer. */
export class Ask {
  readonly answer: Promise<TokenSet>;
  #resolve!: (tokens: TokenSet) => void;
  #reject!: (reason: unknown) => void;

  constructor(
    /** Counts all requests of the source, from 1. */
    readonly number: number,
    readonly kind: 'login' | 'refresh',
    readonly target: TokenTarget,
    /** The refresh token that was sent. */
    readonly refreshToken: string | undefined,
    readonly signal: AbortSignal,
    readonly startedAt: Instant,
  ) {
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Answers with a token, numbered as the request is, that lives an hour unless told otherwise. */
  grant({ expiresIn = 3_600, ...fields }: Grant = {}): void {
    const expiresAt = this.startedAt.wall + expiresIn * 1_000;
    this.#resolve(new TokenSet({ accessToken: `token-${this.number}`, expiresAt, ...fields }));
  }

  fail(error: unknown): void {
    this.#reject(error);
  }

  /** How a failed expectation prints it. */
  toJSON(): string {
    return `${this.kind} ${this.number}`;
  }
}

/** A {@link TokenSource} whose every answer a test decides; without orders it grants. */
export class ScriptedSource implements TokenSource {
  readonly asks: Ask[] = [];
  readonly prepared: TokenTarget[] = [];
  /** Answers a request, now or later; one that does nothing leaves it waiting. */
  onAsk: (ask: Ask) => void = (ask) => ask.grant();
  /** Runs when a flight resolves its credentials. */
  onPrepare: (target: TokenTarget) => void | Promise<void> = () => {};
  refreshDocumented = true;
  credentialsMayChange = false;
  /** Whether there is a login; without one there is only the refresh token that is configured. */
  canLogInAgain = true;
  /** Whether there is a refresh grant. */
  refreshes = true;
  loginPolicy: AttemptPolicy = { evaluations: 1 };
  refreshPolicy: AttemptPolicy = { evaluations: 1 };
  configuredRefreshToken: string | undefined = undefined;
  /** Changes with the credentials. */
  accountKey = 'account with the first credentials';
  /** Tells accounts apart as the real ones do; else all have `accountKey`. */
  hasAccounts = false;

  async prepare(target: TokenTarget): Promise<PreparedGrants> {
    this.prepared.push(target);
    await this.onPrepare(target);
    const { configuredRefreshToken, loginPolicy, refreshPolicy } = this;
    const keyOf = (target: TokenTarget) =>
      this.hasAccounts ? `${this.accountKey} ${targetKey(target)}` : this.accountKey;
    return {
      accountKey: keyOf(target),
      refreshTokenKey: (refreshToken) => `family of ${refreshToken}`,
      configuredRefreshToken,
      login: this.canLogInAgain ? this.#attempt('login', loginPolicy, target) : undefined,
      refresh: this.refreshes
        ? (refreshToken) => this.#attempt('refresh', refreshPolicy, target, refreshToken)
        : undefined,
    };
  }

  /** Leaves every request waiting until the test answers it. */
  holdAnswers(): void {
    this.onAsk = () => {};
  }

  get latest(): Ask {
    const ask = this.asks.at(-1);
    if (!ask) throw new Error('nothing was asked');
    return ask;
  }

  /** What was asked, in order: `login`, or `refresh <refresh token>`. */
  get history(): string[] {
    return this.asks.map(({ kind, refreshToken }) =>
      refreshToken === undefined ? kind : `${kind} ${refreshToken}`,
    );
  }

  #attempt(
    kind: Ask['kind'],
    policy: AttemptPolicy,
    target: TokenTarget,
    refreshToken?: string,
  ): TokenAttempt {
    const run = ({ signal }: AttemptCall, startedAt: Instant) => {
      const ask = new Ask(this.asks.length + 1, kind, target, refreshToken, signal, startedAt);
      this.asks.push(ask);
      this.onAsk(ask);
      return ask.answer;
    };
    return { policy, run };
  }
}

import type { LabelOf } from '../account/account-label.js';
import type { Account } from '../account/account.js';
import { Accounts } from '../account/accounts.js';
import { OAuth2ClientError } from '../core/errors.js';
import { harmless } from '../core/events.js';
import type { TokenSet } from '../core/token-set.js';
import { accountOf, type TokenTarget } from '../core/token-target.js';
import type { SharedStore } from '../sharing/shared-store.js';
import { NoSharing, type Sharing } from '../sharing/sharing.js';
import { StoreSharing } from '../sharing/store-sharing.js';
import { AccountTokens } from './account-tokens.js';
import { abandonable, Closing } from '../util/waiting.js';
import { accessTokenOf, RejectedTokens } from './rejected-tokens.js';
import { shuttingDown } from './renewal-failures.js';
import { Renewals, type RenewalParts } from './renewals.js';
import { cannotRevoke, Revocation } from './revocation.js';
import type { GetTokenOptions, TokenAccess, TokenStatus } from './token-access.js';
import { statusOf } from './token-status.js';

/** Milliseconds for which a renewal may wait for the response to a refresh token when the application closes. */
const GRACE = 2_000;

/** What a `TokenProvider` works with. */
export interface TokenProviderParts extends RenewalParts {
  /** Milliseconds between two renewals that a rejected token forces. */
  readonly forcedRenewalInterval: number;
  /** The store in which instances share the tokens. Default: the tokens stay in this process. */
  readonly store?: SharedStore | undefined;
  /** How many accounts are kept in memory. The account of calls without subject, scope and resource does not count. */
  readonly accountLimit: number;
  /** Returns the label of an account for errors and events. Default: accounts have no labels. */
  readonly labelOf?: LabelOf | undefined;
  /** The subject of calls that name none. */
  readonly subject?: (() => string | undefined) | undefined;
  /** Each token is valid for one request only. */
  readonly singleUse?: boolean | undefined;
  /** Whether the tokens are revoked when the application closes. */
  readonly revokesOnClose?: boolean | undefined;
}

/**
 * Keeps the tokens of one provider fresh. Calls start renewals; there is no timer. One renewal serves all callers
 * that wait for the same account.
 */
export class TokenProvider implements TokenAccess {
  readonly name: string;
  readonly #parts: TokenProviderParts;
  readonly #accounts: Accounts;
  readonly #sharing: Sharing;
  readonly #closing: Closing<OAuth2ClientError>;
  readonly #renewals: Renewals;
  readonly #rejected: RejectedTokens;
  readonly #revocation: Revocation;

  /** @internal */
  constructor(given: TokenProviderParts) {
    const parts = { ...given, emit: harmless(given.emit) };
    const { store, clock } = parts;
    this.name = parts.name;
    this.#parts = parts;
    this.#accounts = new Accounts(parts);
    this.#sharing = store ? new StoreSharing(parts, store) : new NoSharing(parts.families);
    const keepsTokens = store ?? parts.onTokenSet ?? parts.revokesOnClose;
    this.#closing = new Closing(clock, keepsTokens ? GRACE : 0);
    this.#renewals = new Renewals(parts, this.#sharing, this.#closing);
    this.#rejected = new RejectedTokens(parts, this.#sharing);
    this.#revocation = new Revocation(parts, this.#sharing, this.#closing);
  }

  /**
   * The token in memory, fresh or stale, without waiting; `undefined` if there is none. A stale token starts its
   * renewal in the background.
   *
   * @throws {OAuth2ClientError} `REQUEST_INVALID` if the target is not valid. All methods with a target throw this
   */
  peek(target?: TokenTarget): TokenSet | undefined {
    const account = this.#accounts.find(this.#target(target));
    return account && this.#peek(account);
  }

  /**
   * The tokens of one tenant, user or merchant.
   *
   * @throws {OAuth2ClientError} `REQUEST_INVALID` for an empty subject
   */
  for(subject: string): AccountTokens {
    this.#target({ subject });
    return new AccountTokens(this, subject);
  }

  /**
   * A token that can be sent. It comes from memory, or else from a renewal.
   *
   * @throws {OAuth2ClientError} if there is no token. During the back-off after a failure, the call fails at once
   */
  async getToken(options?: GetTokenOptions): Promise<TokenSet> {
    const target = this.#target(options);
    options?.signal?.throwIfAborted();
    const account = this.#accounts.of(target);
    return this.#peek(account) ?? this.#awaited(account, options?.signal);
  }

  /**
   * Replaces a token that the API has rejected. If the current token is a different one already, the call resolves to
   * it without a renewal. If a renewal was forced less than 10 seconds ago, there is no renewal either: the call
   * resolves to a newer token of the shared store, or else to the rejected token.
   *
   * @param rejected the token set or access token that the API answered 401 to
   * @throws {OAuth2ClientError} if there is no token
   */
  async renew(rejected: TokenSet | string, options?: GetTokenOptions): Promise<TokenSet> {
    const target = this.#target(options);
    const rejectedToken = accessTokenOf(this.name, rejected);
    options?.signal?.throwIfAborted();
    const account = this.#accounts.of(target);
    const replacement = this.#rejected.replacementOf(rejectedToken, account);
    return this.#awaited(account, options?.signal, replacement);
  }

  /**
   * Discards the access token, so that the next call obtains another one. Other instances that have it in memory
   * continue to use it, but no instance reads it from the shared store any more.
   */
  invalidate(target?: TokenTarget): void {
    const account = this.#accounts.find(this.#target(target));
    if (!account) return;
    account.invalidate();
    account.liftBackoff(this.#parts.clock.monotonic());
    if (!account.renewal) return this.#invalidateShared(account);
    void account.renewal.catch(() => {}).then(() => this.#invalidateShared(account));
  }

  /** Invalidates the access token in the shared store, unless another one is in use by now. */
  #invalidateShared(account: Account): void {
    if (account.life || account.renewal || account.tombstoning) return;
    this.#sharing.invalidate(account);
  }

  /**
   * Gives the tokens of an account back to the vendor, as `revocation` in the definition says (RFC 7009), and forgets
   * them. The next call logs in again.
   *
   * @throws {OAuth2ClientError} if the definition has no `revocation`, or if the vendor refuses. After a refusal the
   * tokens are forgotten, too
   */
  async revoke(options?: GetTokenOptions): Promise<void> {
    const target = this.#target(options);
    if (!this.#parts.source.revoke) throw cannotRevoke(this.name);
    // Another instance may have tokens of an account that has none here.
    const { isShared } = this.#sharing;
    const account = isShared ? this.#accounts.of(target) : this.#accounts.find(target);
    const { reason } = this.#closing;
    if (reason) throw reason.forCaller(0, this.#parts.labelOf?.(target));
    await abandonable(account?.renewal?.catch(() => {}) ?? Promise.resolve(), options?.signal);
    if (account) await abandonable(this.#revocation.of(account), options?.signal);
  }

  /**
   * Ends all renewals when the application closes. All calls fail with `SHUTTING_DOWN` from now on. The response to a
   * refresh token that has been sent is awaited for two seconds at most. Then tokens are revoked as the definition
   * says, for no longer than the deadline of a renewal. A revocation that the vendor refuses is logged.
   *
   * @internal
   */
  async close(): Promise<void> {
    this.#closing.begin(Object.freeze(shuttingDown(this.name)));
    await this.#renewals.ended(); // then the results of the renewals are in the store
    await Promise.allSettled([...this.#accounts].flatMap(({ tombstoning }) => tombstoning ?? []));
    const { revokesOnClose } = this.#parts;
    const revoked = revokesOnClose ? this.#revocation.ofAll(this.#accounts) : undefined;
    await Promise.all([revoked, this.#renewals.replaced?.close()]);
    await this.#sharing.close();
  }

  /** @internal The credentials that the last renewal of an account has used, for the functions of `use`. */
  credentialsOf(target?: TokenTarget): Readonly<Record<string, string>> | undefined {
    return this.#accounts.find(this.#target(target))?.credentials;
  }

  /** The state of an account. It is read from memory. */
  status(target?: TokenTarget): TokenStatus {
    const checked = this.#target(target);
    const account = this.#accounts.find(checked);
    const label = account ? account.label : this.#parts.labelOf?.(checked);
    return statusOf(this.name, account, label, this.#parts.clock);
  }

  /** The states of all accounts in memory. The first one is the definition's own. */
  statuses(): TokenStatus[] {
    const { clock } = this.#parts;
    return [...this.#accounts].map((account) => statusOf(this.name, account, account.label, clock));
  }

  /** @internal The target of the account in memory that has this label; `undefined` if none or several have it. */
  targetOf(label: string): TokenTarget | undefined {
    const found = [...this.#accounts].filter((account) => account.label === label);
    return found.length === 1 ? found[0]!.target : undefined;
  }

  toJSON(): { name: string } {
    return { name: this.name };
  }

  #target(target: TokenTarget | undefined): TokenTarget | undefined {
    const { subject } = this.#parts;
    if (target === undefined && !subject) return undefined;
    return accountOf(this.name, target, subject);
  }

  #peek(account: Account): TokenSet | undefined {
    if (this.#parts.singleUse) return undefined;
    const freshness = account.freshness(this.#parts.clock);
    if (freshness === 'stale') void this.#renewals.join(account);
    return freshness === 'fresh' || freshness === 'stale' ? account.tokens : undefined;
  }

  /** @param token what the caller waits for. Default: the result of a renewal */
  async #awaited(
    account: Account,
    signal: AbortSignal | undefined,
    token: Promise<TokenSet> | undefined = this.#renewal(account),
  ): Promise<TokenSet> {
    void this.#sharing.compareDefinitions();
    try {
      if (!token) throw this.#closing.reason ?? account.backoff!.failure; // it is held back
      return await abandonable(token, signal);
    } catch (error) {
      if (!(error instanceof OAuth2ClientError)) throw error; // the caller's own abort
      const retryAfter = this.#renewals.retryAfter(account);
      const isFirst = error !== this.#closing.reason && account.outage?.callFailed();
      if (isFirst) account.emit({ type: 'serving.stopped', error, retryAfter });
      throw error.forCaller(retryAfter, account.label);
    }
  }

  #renewal(account: Account): Promise<TokenSet> | undefined {
    const { singleUse } = this.#parts;
    return singleUse ? this.#renewals.alone(account) : this.#renewals.join(account);
  }
}

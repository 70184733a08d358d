import { AccountTokens } from './account-tokens.js';
import { accessTokenOf, accountOf, cannotRevoke } from './account.js';
import { Closing } from './closing.js';
import { OAuth2ClientError } from '../core/errors.js';
import { harmless, tell, type StoreNews } from '../core/events.js';
import { shuttingDown } from './flight-failures.js';
import { Flights } from './flights.js';
import { mayForce, noteWithheld } from './forced-renewal.js';
import { Revocation } from './revocation.js';
import { SharedAccount } from '../sharing/shared-account.js';
import { SharedDefinition } from '../sharing/shared-definition.js';
import type { Slot } from '../account/slot.js';
import { Slots } from '../account/slots.js';
import type { TokenSet } from '../core/token-set.js';
import type { GetTokenOptions, TokenAccess, TokenStatus } from './token-access.js';
import type { TokenProviderParts } from './token-provider-parts.js';
import { statusOf } from './token-status.js';
import type { TokenTarget } from '../core/token-target.js';
import { abandonable } from '../util/waiting.js';
import { withdrawAccessToken } from '../sharing/withdrawal.js';

export type { TokenProviderParts } from './token-provider-parts.js';

/** Milliseconds that a renewal whose refresh token is on its way still has when the application ends. */
const GRACE = 2_000;

/**
 * Keeps the tokens of one provider fresh. Renewals are started by calls, never by a timer; however
 * many callers wait, there is one per account.
 */
export class TokenProvider implements TokenAccess {
  readonly name: string;
  readonly #parts: TokenProviderParts;
  readonly #slots: Slots;
  readonly #flights: Flights;
  readonly #revocation: Revocation;
  readonly #closing: Closing;
  readonly #definition: SharedDefinition;
  readonly #tell = (news: StoreNews) => this.#parts.emit({ ...news, provider: this.name });
  /** An account in the shared store, by its key. */
  readonly #shared: ((key: string) => SharedAccount) | undefined;

  /** @internal */
  constructor(parts: TokenProviderParts) {
    this.name = parts.name;
    const emit = harmless(parts.emit);
    const { store } = parts;
    this.#parts = { ...parts, emit };
    this.#shared = store && ((key) => new SharedAccount(store, key, this.#tell));
    this.#definition = new SharedDefinition(this.#parts, this.#shared);
    this.#slots = new Slots(parts.clock, parts.slotLimit, parts.source, parts.labelOf);
    const keepsTokens = store ?? parts.onTokenSet ?? parts.revokesOnClose;
    this.#closing = new Closing(parts.clock, keepsTokens ? GRACE : 0);
    this.#flights = new Flights(this.#parts, this.#shared, this.#closing);
    this.#revocation = new Revocation(this.#parts, this.#shared, this.#closing);
  }

  /**
   * The token in memory, fresh or stale, without waiting; `undefined` if there is none. A stale one
   * starts its renewal in the background.
   *
   * @throws {OAuth2ClientError} `REQUEST_INVALID` for an account that is none, as all methods do
   */
  peek(target?: TokenTarget): TokenSet | undefined {
    const slot = this.#slots.find(this.#account(target));
    return slot && this.#peek(slot);
  }

  /**
   * The tokens of one tenant, user or merchant.
   *
   * @throws {OAuth2ClientError} `REQUEST_INVALID` for an empty subject
   */
  for(subject: string): AccountTokens {
    this.#account({ subject });
    return new AccountTokens(this, subject);
  }

  /**
   * A token that is good to send.
   *
   * @throws {OAuth2ClientError} if none can be had; at once while the token endpoint is left alone
   * after a failure
   */
  async getToken(options?: GetTokenOptions): Promise<TokenSet> {
    const target = this.#account(options);
    options?.signal?.throwIfAborted();
    const slot = this.#slots.of(target);
    return this.#peek(slot) ?? this.#renewed(slot, options?.signal);
  }

  /**
   * The token that replaces one the API has rejected. Only that very token is given up: if another
   * one is current already, it is the answer. Where a renewal was forced less than 10 seconds ago, no
   * token is asked for: the answer is what another instance has left in the shared store since, or else
   * the rejected one itself.
   *
   * @param rejected the token set or access token that the API answered 401 to
   * @throws {OAuth2ClientError} if no token can be had
   */
  async renew(rejected: TokenSet | string, options?: GetTokenOptions): Promise<TokenSet> {
    const target = this.#account(options);
    const rejectedToken = accessTokenOf(this.name, rejected);
    options?.signal?.throwIfAborted();
    const { clock, singleUse } = this.#parts;
    const slot = this.#slots.of(target);
    const current = singleUse ? undefined : slot.usable(clock);
    const now = clock.monotonic();
    const isDue = mayForce(slot, this.#parts);
    if (current) {
      if (current.accessToken !== rejectedToken) return current;
      if (!isDue) return this.#replacement(slot, current, options?.signal);
      slot.forcedAt = now;
      slot.discard();
      slot.rejected = current.accessToken;
      tell(this.#parts, slot, { type: 'rejected' });
    }
    if (isDue && slot.lift(now)) slot.forcedAt = now;
    return this.#renewed(slot, options?.signal);
  }

  /** What takes the place of a rejected token that must not be renewed yet, or that token itself. */
  async #replacement(
    slot: Slot,
    current: TokenSet,
    signal: AbortSignal | undefined,
  ): Promise<TokenSet> {
    const replacement = this.#flights.replacement(slot);
    const found = replacement ? await this.#renewed(slot, signal, replacement) : current;
    if (found.accessToken === current.accessToken) noteWithheld(slot, this.#parts);
    return found;
  }

  /**
   * Gives up the access token in memory, so that the next call obtains another. Other instances that have
   * it in memory, too, go on with it; the others do not take it from the shared store any more.
   */
  invalidate(target?: TokenTarget): void {
    const slot = this.#slots.find(this.#account(target));
    if (!slot) return;
    slot.invalidate();
    slot.lift(this.#parts.clock.monotonic());
    if (!slot.flight) return this.#withdraw(slot);
    void slot.flight.catch(() => {}).then(() => this.#withdraw(slot));
  }

  /** Ends the access token in the shared store, unless somebody uses another one by now. */
  #withdraw(slot: Slot): void {
    if (!this.#shared || !slot.stored || slot.life || slot.flight || slot.withdrawal) return;
    const { clock, deadline } = this.#parts;
    withdrawAccessToken(this.#shared(slot.stored.key), slot, {
      clock,
      deadline: clock.monotonic() + deadline,
    });
  }

  /**
   * Gives the tokens of an account back to the vendor, as `revocation` in the definition says
   * (RFC 7009), and forgets them. The next call logs in again.
   *
   * @throws {OAuth2ClientError} if the definition names no `revocation`, or the vendor did not accept
   * it; the tokens are forgotten in any case
   */
  async revoke(options?: GetTokenOptions): Promise<void> {
    const target = this.#account(options);
    const { source, store } = this.#parts;
    if (!source.revoke) throw cannotRevoke(this.name);
    // Another instance may have tokens of an account that has none here.
    const slot = store ? this.#slots.of(target) : this.#slots.find(target);
    if (this.#closing.reason) throw this.#closing.reason.forCaller(0, this.#labelOf(target));
    await abandonable(slot?.flight?.catch(() => {}) ?? Promise.resolve(), options?.signal);
    if (slot) await abandonable(this.#revocation.of(slot), options?.signal);
  }

  /**
   * Ends all renewals when the application closes. All calls fail with `SHUTTING_DOWN` from now on. If a refresh
   * token has been sent, its response is awaited for two seconds at most. Then gives tokens back as the definition
   * says, for no longer than the deadline of a renewal. A revocation that the vendor refuses is logged.
   *
   * @internal
   */
  async close(): Promise<void> {
    const { revokesOnClose, store } = this.#parts;
    this.#closing.begin(Object.freeze(shuttingDown(this.name)));
    await this.#flights.ended(); // what a renewal has brought is in the store by then
    await Promise.allSettled([...this.#slots].flatMap(({ withdrawal }) => withdrawal ?? []));
    const givenBack = revokesOnClose ? this.#revocation.ofAll(this.#slots) : undefined;
    await Promise.all([givenBack, this.#flights.replaced?.close()]);
    await store?.close(this.#tell);
  }

  /** @internal The credentials that the last renewal of an account has used, for the functions of `use`. */
  credentialsOf(target?: TokenTarget): Readonly<Record<string, string>> | undefined {
    return this.#slots.find(this.#account(target))?.credentials;
  }

  /** The state of an account, without asking anyone. */
  status(target?: TokenTarget): TokenStatus {
    const account = this.#account(target);
    const slot = this.#slots.find(account);
    return statusOf(slot, this.#parts.clock, {
      provider: this.name,
      account: this.#labelOf(account),
      retryAfter: slot ? this.#flights.retryAfter(slot) : 0,
    });
  }

  toJSON(): { name: string } {
    return { name: this.name };
  }

  #labelOf(account: TokenTarget | undefined): string | undefined {
    return this.#parts.labelOf?.(account);
  }

  #account(target: TokenTarget | undefined): TokenTarget | undefined {
    return accountOf(this.name, target, this.#parts.subject);
  }

  #peek(slot: Slot): TokenSet | undefined {
    if (this.#parts.singleUse) return undefined;
    const freshness = slot.freshness(this.#parts.clock);
    if (freshness === 'fresh') return slot.tokens;
    if (freshness !== 'stale') return undefined;
    void this.#flights.join(slot);
    return slot.tokens;
  }

  /** @param replacement of a rejected token; default: what a renewal brings */
  async #renewed(
    slot: Slot,
    signal: AbortSignal | undefined,
    replacement?: Promise<TokenSet>,
  ): Promise<TokenSet> {
    void this.#definition.compareOnce();
    try {
      const { singleUse } = this.#parts;
      const flight =
        replacement ?? (singleUse ? this.#flights.alone(slot) : this.#flights.join(slot));
      if (!flight) throw this.#closing.reason ?? slot.backoff!.failure; // it is held back
      return await abandonable(flight, signal);
    } catch (error) {
      if (!(error instanceof OAuth2ClientError)) throw error; // the caller's own abort
      const retryAfter = this.#flights.retryAfter(slot);
      const isFirst = error !== this.#closing.reason && slot.outage?.callFailed();
      if (isFirst) tell(this.#parts, slot, { type: 'calls fail', error, retryAfter });
      throw error.forCaller(retryAfter, slot.label);
    }
  }
}

import { OAuth2ClientError } from './errors.js';
import { harmless } from './events.js';
import { Flights, type FlightParts } from './flights.js';
import type { Freshness } from './freshness.js';
import type { Slot } from './slot.js';
import { Slots } from './slots.js';
import type { TokenSet } from './token-set.js';
import { targetProblem, type TokenTarget } from './token-target.js';
import { abandonable } from './waiting.js';

/** What a {@link TokenProvider} is made of. */
export interface TokenProviderParts extends FlightParts {
  /** Milliseconds between two renewals that a rejected token forces. */
  readonly forcedRenewalInterval: number;
  /** Slots kept beside the definition's own. */
  readonly slotLimit: number;
}

/** Options of one call. */
export interface GetTokenOptions extends TokenTarget {
  /** Ends this caller's wait, never the renewal that others share. Rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The state of one account, for health checks and debugging. Holds no secret. */
export interface TokenStatus {
  readonly provider: string;
  /** `none`: no access token to use. */
  readonly token: Freshness | 'none';
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number | undefined;
  readonly renewing: boolean;
  /** Failed flights in a row. */
  readonly failures: number;
  /** The failure behind the current back-off. */
  readonly error?: OAuth2ClientError | undefined;
  /** Milliseconds until the token endpoint is asked again. */
  readonly retryIn: number;
}

/**
 * Keeps the tokens of one provider fresh. Renewals are started by calls, never by a timer; however
 * many callers wait, there is one per account.
 */
export class TokenProvider {
  readonly name: string;
  readonly #parts: TokenProviderParts;
  readonly #slots: Slots;
  readonly #flights: Flights;

  /** @internal */
  constructor(parts: TokenProviderParts) {
    this.name = parts.name;
    this.#parts = { ...parts, emit: harmless(parts.emit) };
    this.#slots = new Slots(parts.clock, parts.slotLimit, parts.source);
    this.#flights = new Flights(this.#parts);
  }

  /**
   * The token in memory, fresh or stale, without waiting; `undefined` if there is none. A stale one
   * starts its renewal in the background.
   */
  peek(target?: TokenTarget): TokenSet | undefined {
    this.#check(target);
    const slot = this.#slots.find(target);
    return slot && this.#peek(slot);
  }

  /**
   * A token that is good to send.
   *
   * @throws {OAuth2ClientError} if none can be had; at once while the token endpoint is left alone
   * after a failure
   */
  async getToken(options?: GetTokenOptions): Promise<TokenSet> {
    options?.signal?.throwIfAborted();
    this.#check(options);
    const slot = this.#slots.of(options);
    return this.#peek(slot) ?? this.#renewed(slot, options?.signal);
  }

  /**
   * The token that replaces one the API has rejected. Only that very token is given up: if another
   * one is current already, it is the answer. So is the rejected one itself where a renewal was
   * forced less than 10 seconds ago, for then a newer token would be rejected, too.
   *
   * @param rejected the token set or access token that the API answered 401 to
   * @throws {OAuth2ClientError} if no token can be had
   */
  async renew(rejected: TokenSet | string, options?: GetTokenOptions): Promise<TokenSet> {
    options?.signal?.throwIfAborted();
    const { clock, emit, forcedRenewalInterval } = this.#parts;
    this.#check(options);
    const slot = this.#slots.of(options);
    const current = slot.usable(clock);
    if (current) {
      if (current.accessToken !== accessTokenOf(rejected)) return current;
      if (clock.monotonic() - slot.forcedAt < forcedRenewalInterval) return current;
      slot.forcedAt = clock.monotonic();
      slot.discard();
      emit({ type: 'rejected', provider: this.name });
    }
    return this.#renewed(slot, options?.signal);
  }

  /** Gives up the access token in memory, so that the next call obtains another. */
  invalidate(target?: TokenTarget): void {
    this.#check(target);
    this.#slots.find(target)?.discard();
  }

  status(target?: TokenTarget): TokenStatus {
    this.#check(target);
    const slot = this.#slots.find(target);
    return {
      provider: this.name,
      token: slot?.freshness(this.#parts.clock) ?? 'none',
      expiresAt: slot?.life && slot.tokens?.expiresAt,
      renewing: slot?.flight !== undefined,
      failures: slot?.backoff?.failures ?? 0,
      error: slot?.backoff?.failure,
      retryIn: slot ? this.#flights.heldBackFor(slot) : 0,
    };
  }

  toJSON(): { name: string } {
    return { name: this.name };
  }

  #check(target: TokenTarget | undefined): void {
    const problem = target && targetProblem(target);
    if (problem === undefined) return;
    throw new OAuth2ClientError({
      code: 'REQUEST_INVALID',
      provider: this.name,
      stage: 'api request',
      reason: `The account that the token is for is not valid: ${problem}.`,
      hint: 'Correct the call.',
    });
  }

  #peek(slot: Slot): TokenSet | undefined {
    const freshness = slot.freshness(this.#parts.clock);
    if (freshness === 'fresh') return slot.tokens;
    if (freshness !== 'stale') return undefined;
    void this.#flights.join(slot);
    return slot.tokens;
  }

  async #renewed(slot: Slot, signal: AbortSignal | undefined): Promise<TokenSet> {
    try {
      const flight = this.#flights.join(slot) ?? Promise.reject(heldBack(slot));
      return await abandonable(flight, signal);
    } catch (error) {
      if (!(error instanceof OAuth2ClientError)) throw error; // the caller's own abort
      throw error.forCaller(Math.ceil(this.#flights.heldBackFor(slot) / 1_000));
    }
  }
}

function heldBack({ backoff }: Slot): Error {
  return backoff?.failure ?? new Error('held back');
}

function accessTokenOf(token: TokenSet | string): string {
  return typeof token === 'string' ? token : token.accessToken;
}

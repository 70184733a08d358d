import { backOff } from './backoff.js';
import { instant, type Clock } from './clock.js';
import { OAuth2ClientError } from './errors.js';
import type { TokenListener } from './events.js';
import { lifeOf, type Freshness } from './freshness.js';
import { renew } from './renewal.js';
import type { Slot } from './slot.js';
import { Slots } from './slots.js';
import type { TokenSet } from './token-set.js';
import type { TokenSource } from './token-source.js';
import type { TokenStore } from './token-store.js';
import type { TokenTarget } from './token-target.js';
import { abandonable, withDeadline } from './waiting.js';

/** What a {@link TokenProvider} is made of. */
export interface TokenProviderParts {
  readonly name: string;
  readonly source: TokenSource;
  readonly clock: Clock;
  /** A number from 0 to 1. */
  readonly random: () => number;
  readonly emit: TokenListener;
  /** Milliseconds that one flight may take, whatever its attempts. */
  readonly deadline: number;
  /** Milliseconds between two renewals that a rejected token forces. */
  readonly forcedRenewalInterval: number;
  /** Slots kept beside the definition's own. */
  readonly slotLimit: number;
  /** Where tokens are shared with others. */
  readonly store?: TokenStore | undefined;
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

  constructor(parts: TokenProviderParts) {
    this.name = parts.name;
    this.#parts = parts;
    this.#slots = new Slots(parts.clock, parts.slotLimit, parts.source.canLogInAgain);
  }

  /**
   * The token in memory, fresh or stale, without waiting; `undefined` if there is none. A stale one
   * starts its renewal in the background.
   */
  peek(target?: TokenTarget): TokenSet | undefined {
    return this.#peek(this.#slots.of(target));
  }

  /**
   * A token that is good to send.
   *
   * @throws {OAuth2ClientError} if none can be had; at once while the token endpoint is left alone
   * after a failure
   */
  async getToken(options?: GetTokenOptions): Promise<TokenSet> {
    options?.signal?.throwIfAborted();
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
    this.#slots.of(target).discard();
  }

  status(target?: TokenTarget): TokenStatus {
    const { clock } = this.#parts;
    const slot = this.#slots.of(target);
    return {
      provider: this.name,
      token: slot.freshness(clock) ?? 'none',
      expiresAt: slot.life && slot.tokens?.expiresAt,
      renewing: slot.flight !== undefined,
      failures: slot.backoff?.failures ?? 0,
      error: slot.backoff?.failure,
      retryIn: this.#heldBackFor(slot),
    };
  }

  toJSON(): { name: string } {
    return { name: this.name };
  }

  #peek(slot: Slot): TokenSet | undefined {
    const { clock } = this.#parts;
    const freshness = slot.freshness(clock);
    if (freshness === 'fresh') return slot.tokens;
    if (freshness !== 'stale') return undefined;
    const renew = !slot.flight && this.#heldBackFor(slot) === 0;
    if (renew) this.#launch(slot).catch(() => {}); // the event tells of a failure
    return slot.tokens;
  }

  async #renewed(slot: Slot, signal: AbortSignal | undefined): Promise<TokenSet> {
    try {
      if (!slot.flight && slot.backoff && this.#heldBackFor(slot) > 0) throw slot.backoff.failure;
      return await abandonable(slot.flight ?? this.#launch(slot), signal);
    } catch (error) {
      if (!(error instanceof OAuth2ClientError)) throw error; // the caller's own abort
      throw error.forCaller(Math.ceil(this.#heldBackFor(slot) / 1_000));
    }
  }

  /** Milliseconds for which the token endpoint is still left alone after a failure. */
  #heldBackFor({ backoff }: Slot): number {
    return backoff ? Math.max(0, backoff.notBefore - this.#parts.clock.monotonic()) : 0;
  }

  #launch(slot: Slot): Promise<TokenSet> {
    // The flight starts in a microtask, so that it cannot end before it is noted.
    slot.flight = Promise.resolve().then(() => this.#fly(slot));
    return slot.flight;
  }

  async #fly(slot: Slot): Promise<TokenSet> {
    const { name, source, clock, random, emit, deadline, store } = this.#parts;
    const onFailure = () => emit({ type: 'store failed', provider: name });
    const failuresBefore = slot.backoff?.failures ?? 0;
    try {
      const renewal = await withDeadline(
        clock,
        deadline,
        () => timedOut(name, deadline),
        (signal) =>
          renew(
            name,
            source,
            slot,
            { clock, random, signal, deadline: clock.monotonic() + deadline },
            store && { store, onFailure },
          ),
      );
      const { by, tokens, startedAt, refusal } = renewal;
      slot.adopt(tokens, lifeOf(tokens.expiresAt, startedAt, instant(clock), random()));
      if (refusal) emit({ type: 'refresh refused', provider: name, error: refusal });
      emit({ type: 'obtained', provider: name, by, expiresAt: tokens.expiresAt, failuresBefore });
      return tokens;
    } catch (error) {
      throw this.#failed(slot, error);
    } finally {
      slot.flight = undefined;
    }
  }

  #failed(slot: Slot, error: unknown): OAuth2ClientError {
    const { name, clock, emit } = this.#parts;
    const failure = Object.freeze(
      error instanceof OAuth2ClientError ? error : unexpected(name, error),
    );
    const serving = slot.usable(clock) !== undefined;
    slot.backoff = backOff(slot.backoff, failure, serving, clock.monotonic());
    const retryIn = this.#heldBackFor(slot);
    emit({ type: 'failed', provider: name, error: failure, retryIn, serving });
    return failure;
  }
}

function accessTokenOf(token: TokenSet | string): string {
  return typeof token === 'string' ? token : token.accessToken;
}

function timedOut(provider: string, deadline: number): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'TOKEN_REQUEST_TIMEOUT',
    provider,
    stage: 'token request',
    reason: `No token within the deadline of ${deadline} ms.`,
    hint: 'Check that the token endpoint answers; `deadline` sets how long a renewal may take.',
    retryable: true,
  });
}

/** An error of a class that is not ours may quote anything, so only its class is told. */
function unexpected(provider: string, error: unknown): OAuth2ClientError {
  const kind = error instanceof Error ? error.constructor.name : typeof error;
  return new OAuth2ClientError({
    code: 'TOKEN_REQUEST_REJECTED',
    provider,
    stage: 'token request',
    reason: `The token request failed unexpectedly (${kind}).`,
    hint: 'Please report this with the name of the provider.',
    retryable: true,
  });
}

import { toolsFor } from '../core/attempts.js';
import { backOff, backOffOfOthers, mayLook, type Tried } from '../account/backoff.js';
import { instant, type Clock } from '../util/clock.js';
import { OAuth2ClientError } from '../core/errors.js';
import { tell, type TokenListener } from '../core/events.js';
import type { Closing, Ending } from './closing.js';
import { heldElsewhere, timedOut, unexpected } from './flight-failures.js';
import { endsUnused, lifeOf } from '../account/freshness.js';
import { Outage } from '../core/outage.js';
import type { RefreshChains } from '../account/refresh-chains.js';
import type { Renewal } from '../account/renewal-outcome.js';
import type { RenewalContext } from './renewal-context.js';
import { renew } from './renewal.js';
import { ReplacedTokens } from './replaced-tokens.js';
import type { SharedAccount } from '../sharing/shared-account.js';
import { newerElsewhere } from '../sharing/shared-renewal.js';
import { MetElsewhere } from '../sharing/shared-failures.js';
import type { Slot } from '../account/slot.js';
import type { TokenSet } from '../core/token-set.js';
import type { OnTokenSet } from '../core/on-token-set.js';
import { callHook } from './token-hook.js';
import type { TokenSource } from '../core/token-source.js';

/** What the renewals of one provider are made of. */
export interface FlightParts {
  readonly name: string;
  readonly source: TokenSource;
  readonly clock: Clock;
  /** A number from 0 to 1. */
  readonly random: () => number;
  readonly emit: TokenListener;
  /** Milliseconds that one flight may take, whatever its attempts. */
  readonly deadline: number;
  /** Share of a token's life that it is renewed in the background for. */
  readonly refreshWindow?: number | undefined;
  readonly onTokenSet?: OnTokenSet | undefined;
  /** Whether a token that a login has replaced is given back. */
  readonly revokesReplaced?: boolean | undefined;
  /** The refresh token families. Several providers may be configured with one. */
  readonly chains: RefreshChains;
}

/** Milliseconds between two looks into the store for what replaces a rejected token. */
const LOOK = 1_000;

/** Starts renewals and holds them back: one at a time for each slot, and none while it backs off. */
export class Flights {
  readonly #underWay = new Set<Promise<TokenSet>>();

  /** Tokens that logins have replaced, which are to be given back. */
  readonly replaced: ReplacedTokens | undefined;

  /** @param shared an account in the shared store, by its key */
  constructor(
    private readonly parts: FlightParts,
    private readonly shared: RenewalContext['shared'],
    private readonly closing: Closing,
  ) {
    this.replaced = parts.revokesReplaced ? new ReplacedTokens(parts) : undefined;
  }

  /** Resolves when no renewal is under way any more. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  /** Seconds for which the token endpoint is still left alone after a failure, rounded up. */
  retryAfter(slot: Slot): number {
    return Math.ceil(this.#heldBackFor(slot) / 1_000);
  }

  /** The same in milliseconds. */
  #heldBackFor({ backoff }: Slot): number {
    return backoff ? Math.max(0, backoff.notBefore - this.parts.clock.monotonic()) : 0;
  }

  /**
   * The renewal in progress, or a new one; `undefined` while the slot is held back. A slot whose
   * credentials were refused may look, now and then, whether there are new ones.
   */
  join(slot: Slot): Promise<TokenSet> | undefined {
    if (slot.flight) return slot.flight;
    if (this.closing.reason) return undefined;
    if (this.#heldBackFor(slot) > 0 && !this.#mayLook(slot)) return undefined;
    // The flight begins in a microtask, so that it cannot end before it is noted.
    slot.flight = this.#noted(Promise.resolve().then(() => this.#fly(slot)));
    return slot.flight;
  }

  /** A renewal of the caller's own, for a token that only one request may use. */
  alone(slot: Slot): Promise<TokenSet> | undefined {
    if (this.closing.reason) return undefined;
    if (this.#heldBackFor(slot) > 0 && !this.#mayLook(slot)) return undefined;
    return this.#noted(this.#fly(slot).finally(() => slot.discard()));
  }

  /** @returns what callers wait for: it rejects as soon as the application closes, the renewal a little later */
  #noted(renewal: Promise<TokenSet>): Promise<TokenSet> {
    this.#underWay.add(renewal);
    const over = () => void this.#underWay.delete(renewal);
    renewal.then(over, over);
    const awaited = this.closing.whileOpen(renewal);
    awaited.catch(() => {}); // an event reports the failure, even if nobody waits
    return awaited;
  }

  /**
   * The token that replaces a rejected one which must not be renewed yet: where instances have logged in
   * each for itself, one of them may have ended the token of the others. Looked for once a second.
   */
  replacement(slot: Slot): Promise<TokenSet> | undefined {
    const { clock } = this.parts;
    if (slot.flight || !this.shared || !slot.stored) return slot.flight;
    if (!slot.look || clock.monotonic() - slot.look.at >= LOOK) {
      const found = this.#look(slot, this.shared(slot.stored.key));
      slot.look = { at: clock.monotonic(), found };
    }
    return slot.look.found;
  }

  async #look(slot: Slot, account: SharedAccount): Promise<TokenSet> {
    const current = slot.tokens!;
    const newer = await newerElsewhere(account, slot, this.parts.clock, slot.stored?.version);
    if (slot.flight) return slot.flight; // began meanwhile, and knows better
    // A renewal that ended meanwhile has brought a newer token than the one found.
    if (!newer || slot.tokens !== current) return slot.tokens ?? current;
    this.#adopt(slot, newer);
    this.#obtained(slot, newer);
    return newer.tokens;
  }

  #mayLook(slot: Slot): boolean {
    const { source, clock } = this.parts;
    const { backoff } = slot;
    if (!source.credentialsMayChange || !backoff || backoff.failure.retryable) return false;
    return mayLook(backoff, clock.monotonic());
  }

  async #fly(slot: Slot): Promise<TokenSet> {
    const { name, deadline } = this.parts;
    const { backoff: before, invalidations } = slot;
    const known = this.#heldBackFor(slot) > 0 ? before : undefined;
    let tried: Tried | undefined;
    const onPrepared = (by: Tried) => (tried = by);
    const timeout = () =>
      slot.isHeldElsewhere
        ? heldElsewhere(name, deadline)
        : timedOut(
            name,
            deadline,
            tried ? 'token request' : 'credentials',
            this.parts.source.place,
          );
    try {
      const renewal = await this.closing.withDeadline(deadline, timeout, (ending) =>
        renew(this.#context(slot, ending, onPrepared), known),
      );
      // From here on nothing is bound by the deadline: a refresh token is spent, its successor is here.
      const { by, tokens, refusal, failure, replaces, ...kept } = await (renewal.keep?.() ??
        renewal);
      if (by !== 'store') await this.#callHook(slot, tokens);
      if (failure) {
        slot.keep(tokens, kept.stored);
        throw failure;
      }
      if (replaces) this.replaced?.add(slot, replaces);
      this.#adopt(slot, { by, tokens, ...kept });
      if (slot.invalidations !== invalidations) slot.discard();
      if (refusal) tell(this.parts, slot, { type: 'refresh failed', error: refusal });
      this.#obtained(slot, { by, tokens });
      return tokens;
    } catch (error) {
      if (this.closing.reason && error === this.closing.reason) throw error;
      throw known && !tried ? known.failure : this.#failed(slot, error, tried, before);
    } finally {
      slot.flight = undefined;
      slot.isHeldElsewhere = false;
    }
  }

  #context(slot: Slot, ending: Ending, onPrepared: RenewalContext['onPrepared']): RenewalContext {
    const { name, source, chains } = this.parts;
    return {
      provider: name,
      source,
      chains,
      slot,
      tools: {
        ...toolsFor(this.parts, { ...ending, isProbe: (slot.backoff?.failures ?? 0) > 0 }),
        secrets: tokensOf(slot),
      },
      onPrepared,
      shared: this.shared,
    };
  }

  #obtained(slot: Slot, { by, tokens }: Pick<Renewal, 'by' | 'tokens'>): void {
    const after = slot.outage?.endsAt(this.parts.clock.monotonic());
    slot.outage = undefined;
    tell(this.parts, slot, { type: 'obtained', by, expiresAt: tokens.expiresAt, after });
  }

  async #callHook(slot: Slot, tokens: TokenSet): Promise<void> {
    const { onTokenSet } = this.parts;
    if (!onTokenSet) return;
    const problem = await callHook(() => onTokenSet(tokens, slot.target), this.closing);
    if (problem !== undefined) tell(this.parts, slot, { type: 'hook failed', problem });
  }

  #adopt(slot: Slot, { tokens, startedAt, stored }: Renewal): void {
    const { source, clock, random, refreshWindow } = this.parts;
    const { expiresAt, refreshAt } = tokens;
    const hasLogin = source.canLogInAgain;
    const isRefreshed = tokens.refreshToken !== undefined || slot.chain !== undefined;
    const refreshExpiresAt = isRefreshed ? tokens.refreshExpiresAt : undefined;
    const wishes = { refreshAt, refreshWindow, refreshExpiresAt, hasLogin };
    const now = instant(clock);
    slot.adopt(tokens, lifeOf(expiresAt, startedAt, now, random(), wishes), stored);
    if (hasLogin || refreshExpiresAt === undefined || slot.isDoomed) return;
    slot.isDoomed = endsUnused(refreshExpiresAt, startedAt, now);
    if (slot.isDoomed) tell(this.parts, slot, { type: 'refresh token ends unused', expiresAt });
  }

  /** @param before the back-off that the flight began with: those beside it meet one and the same outage */
  #failed(
    slot: Slot,
    error: unknown,
    tried: Tried | undefined,
    before: Slot['backoff'],
  ): OAuth2ClientError {
    const { name, clock } = this.parts;
    const isOurs = !(error instanceof MetElsewhere);
    const met = isOurs ? error : error.failure;
    const failure = Object.freeze(met instanceof OAuth2ClientError ? met : unexpected(name, met));
    const serving = slot.usable(clock) !== undefined;
    const now = clock.monotonic();
    slot.backoff = isOurs
      ? backOff(before, failure, tried, serving, now)
      : backOffOfOthers(before, failure, tried, now + error.retryInMs);
    slot.outage ??= new Outage(now);
    const isRepeated = slot.outage.renewalFailed(failure.code, serving);
    const retryAfter = this.retryAfter(slot);
    tell(this.parts, slot, { type: 'failed', error: failure, retryAfter, serving, isRepeated });
    return failure;
  }
}

function tokensOf({ tokens }: Slot): string[] {
  return [tokens?.accessToken, tokens?.refreshToken].filter((token) => token !== undefined);
}

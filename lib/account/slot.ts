import type { LabelOf } from './account-label.js';
import type { Backoff } from './backoff.js';
import type { Clock } from '../util/clock.js';
import { freshnessOf, type Freshness, type Life } from './freshness.js';
import type { Outage } from '../core/outage.js';
import type { RefreshChain } from './refresh-chain.js';
import type { TokenSet } from '../core/token-set.js';
import type { TokenTarget } from '../core/token-target.js';

/** Under which key a token set was obtained, and what it is in the shared store. */
export interface StoredAs {
  readonly key: string;
  /** The version that it is, or has replaced; `undefined`: there was none, or there is no store. */
  readonly version: string | undefined;
}

/** One account at one provider: its token set, its flight, its back-off. */
export class Slot {
  /** The newest token set; kept for its refresh token when the access token is of no use any more. */
  tokens: TokenSet | undefined = undefined;
  /** Absent while there is no access token to use. */
  life: Life | undefined = undefined;
  /** The one renewal in progress. */
  flight: Promise<TokenSet> | undefined = undefined;
  backoff: Backoff | undefined = undefined;
  /** Since the first renewal that failed. */
  outage: Outage | undefined = undefined;
  /** When a rejected token last forced a renewal, in monotonic milliseconds. */
  forcedAt: number | undefined = undefined;
  /** The access token that the API has rejected, until another one takes its place. */
  rejected: string | undefined = undefined;
  /** When a renewal was last withheld because one was forced shortly before, in monotonic milliseconds. */
  withheldAt: number | undefined = undefined;
  /** When the shared store was last asked for what replaces a rejected token, and what came of it. */
  look: { readonly at: number; readonly found: Promise<TokenSet> } | undefined = undefined;
  /** An undocumented refresh has failed, and a login worked: log in instead. */
  refreshRefused = false;
  /** Whose tokens `tokens` are, and where they are in the shared store. */
  stored: StoredAs | undefined = undefined;
  /** The credentials of the last renewal, for the functions that put its token into requests. */
  credentials: Readonly<Record<string, string>> | undefined = undefined;
  /** Another instance is renewing it, and this one waits. */
  isHeldElsewhere = false;
  /** Under way: its tokens are being ended in the shared store. */
  withdrawal: Promise<void> | undefined = undefined;
  /** How often `invalidate()` was called: nobody may use the token of a renewal that began before the last call. */
  invalidations = 0;
  /** Its refresh token ends before it can be used, and there is no login. That is logged once. */
  isDoomed = false;
  /** Since it was last looked at by who makes room. */
  wasUsed = false;

  /** The family of the configured refresh token, once its credentials are there. */
  chain: RefreshChain | undefined = undefined;

  readonly #labelOf: LabelOf;
  #label: string | undefined = undefined;

  constructor(
    readonly target: TokenTarget,
    labelOf: LabelOf,
  ) {
    this.#labelOf = labelOf;
  }

  /** How errors and events name the account. It is made when it is first asked for. */
  get label(): string | undefined {
    return (this.#label ??= this.#labelOf(this.target));
  }

  /** The token that may be sent, fresh or stale. */
  usable(clock: Clock): TokenSet | undefined {
    return this.life && freshnessOf(this.life, clock) !== 'expired' ? this.tokens : undefined;
  }

  freshness(clock: Clock): Freshness | undefined {
    return this.life && freshnessOf(this.life, clock);
  }

  adopt(tokens: TokenSet, life: Life, stored?: StoredAs): void {
    this.tokens = tokens;
    this.life = life;
    this.stored = stored;
    this.backoff = undefined;
    this.rejected = undefined;
    this.look = undefined; // it has found an older token
  }

  /** Forgets a refresh token that was refused. */
  forget(refreshToken: string): void {
    if (this.tokens?.refreshToken !== refreshToken) return;
    this.tokens = this.tokens.with({ refreshToken: undefined });
  }

  /** Its tokens, unless other credentials have obtained them: they may be those of another account. */
  heldUnder(accountKey: string): TokenSet | undefined {
    return this.stored?.key === accountKey ? this.tokens : undefined;
  }

  /** Its tokens as its record in the shared store has them: the refresh token of a family has its own. */
  recordOf(tokens: TokenSet): TokenSet {
    return tokens.family === undefined ? tokens : tokens.with({ refreshToken: undefined });
  }

  /** Goes over to the family of the refresh token that is configured now. */
  join(chain: RefreshChain | undefined): void {
    if (this.chain !== chain) this.refreshRefused = false;
    this.chain = chain;
  }

  /** Forgets its tokens, with the newest refresh token of its family, which are given back to the vendor. */
  end(): TokenSet | undefined {
    const ended = this.#newest();
    if (ended && this.chain?.newest?.refreshToken !== undefined) this.chain.end();
    this.tokens = undefined;
    this.life = undefined;
    return ended;
  }

  /** Whether it has tokens, and all of them have expired. */
  hasEnded(now: number): boolean {
    const tokens = this.#newest();
    if (!tokens || tokens.expiresAt > now) return false;
    return tokens.refreshToken === undefined || (tokens.refreshExpiresAt ?? Infinity) <= now;
  }

  /** Stops the use of the access token; the refresh token stays. */
  discard(): void {
    this.life = undefined;
  }

  /** The same, also for what a renewal that is in progress brings. */
  invalidate(): void {
    this.discard();
    this.invalidations++;
  }

  /** Keeps a new refresh token whose access token is of no use. */
  keep(tokens: TokenSet, stored?: StoredAs): void {
    if (tokens.accessToken !== this.tokens?.accessToken) this.life = undefined;
    this.tokens = tokens;
    this.stored = stored;
  }

  /**
   * Lets the next call try a refused refresh token at once, whatever the back-off says.
   *
   * @returns whether there was one to try
   */
  lift(now: number): boolean {
    if (this.backoff?.failure.code !== 'REAUTHENTICATION_REQUIRED') return false;
    const notBefore = Math.min(this.backoff.notBefore, now);
    this.backoff = { ...this.backoff, notBefore, isLifted: true };
    return true;
  }

  #newest(): TokenSet | undefined {
    const { tokens, chain } = this;
    if (tokens?.family === undefined) return tokens;
    return tokens.with({ refreshToken: chain?.newest?.refreshToken });
  }
}

import type { LabelOf } from './account-label.js';
import type { Backoff } from './backoff.js';
import type { Freshness, Life } from './freshness.js';
import type { RefreshTokenFamily } from './refresh-token-family.js';
import type { OAuth2EventBody, EventListener } from '../core/events.js';
import type { Outage } from '../core/outage.js';
import type { TokenSet } from '../core/token-set.js';
import type { TokenTarget } from '../core/token-target.js';
import { passedSince, type Clock } from '../util/clock.js';

/** The key under which a token set was obtained, and its version in the shared store. */
export interface StoredAs {
  readonly key: string;
  /**
   * The version of its record. While the write is pending, the version that it replaces. `undefined`: there is no
   * record, or no store.
   */
  readonly version: string | undefined;
}

/** What the accounts of one provider have in common. */
export interface AccountContext {
  /** Name of the provider. */
  readonly name: string;
  readonly emit: EventListener;
  /** Returns the label of an account for errors and events. Default: accounts have no labels. */
  readonly labelOf?: LabelOf | undefined;
}

/** The state of one account of one provider: its token set, its renewal, its back-off. */
export class Account {
  /** The newest token set. It stays for its refresh token when the access token is no longer usable. */
  tokens: TokenSet | undefined = undefined;
  /** Absent while there is no usable access token. */
  life: Life | undefined = undefined;
  /** The renewal in progress. There is one at a time. */
  renewal: Promise<TokenSet> | undefined = undefined;
  backoff: Backoff | undefined = undefined;
  /** Begins with the first renewal that fails, and ends with the next token. */
  outage: Outage | undefined = undefined;
  /** When a rejected token last forced a renewal, in monotonic milliseconds. */
  forcedAt: number | undefined = undefined;
  /** The access token that the API has rejected, until another one replaces it. */
  rejected: string | undefined = undefined;
  /** When a rejected token was last kept because a renewal was forced shortly before, in monotonic milliseconds. */
  withheldAt: number | undefined = undefined;
  /** The last lookup in the shared store for the replacement of a rejected token. */
  lookup: { readonly at: number; readonly found: Promise<TokenSet> } | undefined = undefined;
  /** An undocumented refresh has failed and a login has worked: this account logs in instead. */
  refreshRefused = false;
  /** Where `tokens` are in the shared store. */
  stored: StoredAs | undefined = undefined;
  /** The credentials of the last renewal, for the functions that put its token into requests. */
  credentials: Readonly<Record<string, string>> | undefined = undefined;
  /** Another instance renews the account, and this one waits. */
  isRenewedElsewhere = false;
  /** In progress: its record in the shared store is becoming a tombstone. */
  tombstoning: Promise<void> | undefined = undefined;
  /** Counts the calls of `invalidate()`. A renewal that began before the last call brings no usable token. */
  invalidations = 0;
  /** Whether the application has discarded the access token, until another one replaces it. */
  isInvalidated = false;
  /** Its refresh token expires before its access token becomes stale, and there is no login. This is reported once. */
  isUnrenewable = false;
  /** Whether a call has used it since the last eviction looked at it. */
  wasUsed = false;
  /** The family of the configured refresh token, once the credentials are known. */
  family: RefreshTokenFamily | undefined = undefined;

  #label: string | undefined = undefined;

  constructor(
    readonly target: TokenTarget,
    private readonly context: AccountContext,
  ) {}

  /** Names the account in errors and events. It is computed on first use. */
  get label(): string | undefined {
    return (this.#label ??= this.context.labelOf?.(this.target));
  }

  /** Emits an event about the account. Its label is computed only if a listener reads it. */
  emit(event: OAuth2EventBody): void {
    const { name: provider, emit } = this.context;
    const label = () => this.label;
    emit({
      ...event,
      provider,
      get account() {
        return label();
      },
    });
  }

  /** The token that may be sent, fresh or stale. */
  usable(clock: Clock): TokenSet | undefined {
    return this.life && this.freshness(clock) !== 'expired' ? this.tokens : undefined;
  }

  /** The state of the access token; `undefined` if there is none. */
  freshness(clock: Clock): Freshness | undefined {
    return this.life && freshnessOf(this.life, clock);
  }

  adopt(tokens: TokenSet, life: Life, stored?: StoredAs): void {
    this.tokens = tokens;
    this.life = life;
    this.stored = stored;
    this.backoff = undefined;
    this.rejected = undefined;
    this.isInvalidated = false;
    this.lookup = undefined; // it has found an older token
  }

  /** Forgets a refresh token that was refused. */
  forgetRefreshToken(refreshToken: string): void {
    if (this.tokens?.refreshToken !== refreshToken) return;
    this.tokens = this.tokens.with({ refreshToken: undefined });
  }

  /**
   * Its tokens, if they were obtained under this key. Tokens under another key come from other credentials, and may
   * belong to another account at the vendor.
   */
  tokensUnder(key: string): TokenSet | undefined {
    return this.stored?.key === key ? this.tokens : undefined;
  }

  /** Changes to the family of the refresh token that is configured now. */
  joinFamily(family: RefreshTokenFamily | undefined): void {
    if (this.family !== family) this.refreshRefused = false;
    this.family = family;
  }

  /** Forgets its tokens and the newest refresh token of its family, and returns them for revocation. */
  takeTokens(): TokenSet | undefined {
    const taken = this.#newest();
    if (taken && this.family?.newest?.refreshToken !== undefined) this.family.retire();
    this.tokens = undefined;
    this.life = undefined;
    return taken;
  }

  /** Whether it has tokens and all of them have expired. */
  hasExpired(now: number): boolean {
    const tokens = this.#newest();
    if (!tokens || tokens.expiresAt > now) return false;
    return tokens.refreshToken === undefined || (tokens.refreshExpiresAt ?? Infinity) <= now;
  }

  /** Stops the use of the access token. The refresh token stays. */
  discard(): void {
    this.life = undefined;
  }

  /** Stops the use of the access token, and of the one that a renewal in progress brings. */
  invalidate(): void {
    this.discard();
    this.isInvalidated = true;
    this.invalidations++;
  }

  /** Keeps a new refresh token that came without a usable access token. */
  keepRefreshToken(tokens: TokenSet, stored?: StoredAs): void {
    if (tokens.accessToken !== this.tokens?.accessToken) this.life = undefined;
    this.tokens = tokens;
    this.stored = stored;
  }

  /**
   * Lets the next call try a refused refresh token at once, whatever the back-off says.
   *
   * @returns whether there was one to try
   */
  liftBackoff(now: number): boolean {
    if (this.backoff?.failure.code !== 'REAUTHENTICATION_REQUIRED') return false;
    const notBefore = Math.min(this.backoff.notBefore, now);
    this.backoff = { ...this.backoff, notBefore, isLifted: true };
    return true;
  }

  #newest(): TokenSet | undefined {
    const { tokens, family } = this;
    if (tokens?.family === undefined) return tokens;
    return tokens.with({ refreshToken: family?.newest?.refreshToken });
  }
}

/** The state of a token, by the clock that has gone further. */
export function freshnessOf(life: Life, clock: Clock): Freshness {
  const age = passedSince(life, clock);
  if (age < life.staleAfter) return 'fresh';
  return age < life.expiredAfter ? 'stale' : 'expired';
}

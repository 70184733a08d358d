import type { Account } from '../account/account.js';
import { invalidCall } from '../core/errors.js';
import type { TokenSet } from '../core/token-set.js';
import type { Sharing } from '../sharing/sharing.js';
import { succeeded, type RenewalEndParts } from './renewal-end.js';

/** Milliseconds between two lookups in the store for the replacement of a rejected token. */
const LOOKUP_INTERVAL = 1_000;

/** What decides whether a rejected token is renewed. */
export interface RejectedTokensParts extends RenewalEndParts {
  /** Milliseconds between two renewals that a rejected token forces. */
  readonly forcedRenewalInterval: number;
  /** Each token is valid for one request only, so there is never a current token to compare with. */
  readonly singleUse?: boolean | undefined;
}

/** Decides what replaces a token that the API has rejected. */
export class RejectedTokens {
  constructor(
    private readonly parts: RejectedTokensParts,
    private readonly sharing: Sharing,
  ) {}

  /**
   * The token that the caller gets instead of a rejected one. It is the current token, if that is a different one. If a
   * renewal was forced shortly before, it is a newer token of the shared store, or else the rejected token.
   *
   * @returns `undefined` if the account must be renewed
   */
  replacementOf(rejected: string, account: Account): Promise<TokenSet> | undefined {
    const { clock, forcedRenewalInterval, singleUse } = this.parts;
    const current = singleUse ? undefined : account.usable(clock);
    const now = clock.monotonic();
    const isDue = now - (account.forcedAt ?? -Infinity) >= forcedRenewalInterval;
    if (current) {
      if (current.accessToken !== rejected) return Promise.resolve(current);
      if (!isDue) return this.#foundOr(current, account);
      account.forcedAt = now;
      account.discard();
      account.rejected = current.accessToken;
      account.emit({ type: 'token.rejected' });
    }
    if (isDue && account.liftBackoff(now)) account.forcedAt = now;
    return undefined;
  }

  async #foundOr(current: TokenSet, account: Account): Promise<TokenSet> {
    const found = (await (account.renewal ?? this.#lookup(account))) ?? current;
    if (found.accessToken === current.accessToken) this.#reportWithheld(account);
    return found;
  }

  /**
   * Looks into the store, at most once a second. At some vendors each login ends the tokens of earlier logins, so a
   * login by another instance may be the reason for the 401. Then the store has the token that works.
   */
  #lookup(account: Account): Promise<TokenSet> | undefined {
    if (!this.sharing.isShared || !account.stored) return undefined;
    const now = this.parts.clock.monotonic();
    if (!account.lookup || now - account.lookup.at >= LOOKUP_INTERVAL) {
      account.lookup = { at: now, found: this.#newer(account) };
    }
    return account.lookup.found;
  }

  async #newer(account: Account): Promise<TokenSet> {
    const current = account.tokens!;
    const newer = await this.sharing.replacement(account);
    if (account.renewal) return account.renewal; // it began during the lookup and brings a newer token
    // A renewal that ended during the lookup has brought a newer token than the one found.
    if (!newer || account.tokens !== current) return account.tokens ?? current;
    succeeded(this.parts, account, newer, {
      reason: 'rejected',
      begun: this.parts.clock.monotonic(),
    });
    return newer.tokens;
  }

  /**
   * Reports that a rejected token is not renewed. While this repeats, it is reported once: a new report needs two
   * intervals without it.
   */
  #reportWithheld(account: Account): void {
    const { clock, forcedRenewalInterval: interval } = this.parts;
    const now = clock.monotonic();
    const isNew = now - (account.withheldAt ?? -Infinity) >= 2 * interval;
    account.withheldAt = now;
    if (!isNew) return;
    const next = (account.forcedAt ?? now) + interval;
    const retryAfter = Math.max(0, Math.ceil((next - now) / 1_000));
    account.emit({ type: 'renewal.withheld', retryAfter });
  }
}

/**
 * The access token in the first argument of `renew()`.
 *
 * @throws {OAuth2ClientError} `REQUEST_INVALID` if the call names none
 */
export function accessTokenOf(provider: string, token: TokenSet | string | undefined): string {
  const accessToken: unknown = typeof token === 'string' ? token : token?.accessToken;
  if (typeof accessToken === 'string' && accessToken !== '') return accessToken;
  throw invalidCall(
    provider,
    '`renew()` was called without the token that the API has rejected.',
    'Pass the token set or the access token that was sent as the first argument. To discard the current token, call `invalidate()`.',
  );
}

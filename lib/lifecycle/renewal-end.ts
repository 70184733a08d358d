import type { Account } from '../account/account.js';
import {
  backOff,
  backOffOfOthers,
  heldBackFor,
  type AskedWith,
  type Backoff,
} from '../account/backoff.js';
import { endsUnused, lifeOf } from '../account/freshness.js';
import type { RenewalResult } from '../account/renewal-result.js';
import type { OAuth2ClientError } from '../core/errors.js';
import type { GrantFacts, RenewalReason } from '../core/events.js';
import { Outage } from '../core/outage.js';
import { FailedElsewhere } from '../sharing/shared-failures.js';
import type { TokenSource } from '../core/token-source.js';
import { instant, type Clock } from '../util/clock.js';
import { named } from './renewal-failures.js';

/** What the end of a renewal needs to know of its provider. */
export interface RenewalEndParts {
  /** Name of the provider. */
  readonly name: string;
  readonly source: TokenSource;
  readonly clock: Clock;
  /** A number from 0 to 1. */
  readonly random: () => number;
  /** The share of a token's life in which it is renewed in the background. */
  readonly refreshWindow?: number | undefined;
}

/** What is known of a running renewal. Some members are set while it runs. */
export interface RenewalCourse {
  readonly reason: RenewalReason;
  /** Monotonic milliseconds. */
  readonly begun: number;
  /**
   * The back-off that it began with. Parallel renewals of single-use tokens start from the same one, so that they count
   * one outage once.
   */
  readonly before?: Backoff | undefined;
  /** The credentials, once they are resolved. */
  askedWith?: AskedWith | undefined;
  /** What the last token response said. */
  grant?: GrantFacts | undefined;
}

/** Gives the account the token of a renewal, and reports it. */
export function succeeded(
  { source, clock, random, refreshWindow }: RenewalEndParts,
  account: Account,
  { by, tokens, startedAt, stored }: RenewalResult,
  { reason, begun, grant }: RenewalCourse,
): void {
  const { expiresAt, refreshAt } = tokens;
  const hasLogin = source.canLogInAgain;
  const hasRefreshToken = tokens.refreshToken !== undefined || account.family !== undefined;
  const refreshExpiresAt = hasRefreshToken ? tokens.refreshExpiresAt : undefined;
  const wishes = { refreshAt, refreshWindow, refreshExpiresAt, hasLogin };
  const now = instant(clock);
  const isFirst = !account.tokens;
  account.adopt(tokens, lifeOf(expiresAt, startedAt, now, random(), wishes), stored);
  if (!hasLogin && refreshExpiresAt !== undefined && !account.isUnrenewable) {
    account.isUnrenewable = endsUnused(refreshExpiresAt, startedAt, now);
    if (account.isUnrenewable) account.emit({ type: 'refresh_token.ends_unused', expiresAt });
  }
  const after = account.outage?.endsAt(now.monotonic);
  account.outage = undefined;
  const durationMs = now.monotonic - begun;
  account.emit({ type: 'token.obtained', by, reason, durationMs, expiresAt, after });
  if (!isFirst) return;
  account.emit({
    type: 'account.connected',
    by,
    expiresAt,
    lifetime: grant?.lifetime,
    hasRefreshToken,
    isRenewable: hasLogin || (hasRefreshToken && !account.isUnrenewable),
    missingScope: grant?.missingScope ?? [],
  });
}

/**
 * Holds the account back after a failed renewal, and reports it.
 *
 * @returns the failure for the callers
 */
export function failed(
  { name, clock }: RenewalEndParts,
  account: Account,
  error: unknown,
  { askedWith, before, reason, begun }: RenewalCourse,
): OAuth2ClientError {
  const isElsewhere = error instanceof FailedElsewhere;
  const cause = isElsewhere ? error.failure : error;
  const failure = Object.freeze(named(cause, name));
  const serving = account.usable(clock) !== undefined;
  const now = clock.monotonic();
  account.backoff = isElsewhere
    ? backOffOfOthers(before, failure, askedWith, now + error.retryInMs)
    : backOff(before, failure, askedWith, serving, now);
  account.outage ??= new Outage(now);
  const isRepeated = account.outage.renewalFailed(failure.code, serving);
  const retryAfter = Math.ceil(heldBackFor(account.backoff, now) / 1_000);
  const durationMs = now - begun;
  account.emit({
    type: 'token.failed',
    error: failure,
    reason,
    durationMs,
    retryAfter,
    serving,
    isRepeated,
  });
  return failure;
}

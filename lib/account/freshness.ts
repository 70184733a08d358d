import type { Instant } from '../util/clock.js';

/** fresh: use it. stale: use it and renew in the background. expired: wait for the renewal. */
export type Freshness = 'fresh' | 'stale' | 'expired';

/**
 * When the request that brought a token was started, and how old the token may become: in whole
 * milliseconds, of which an engine makes less than of fractions.
 */
export interface Life extends Instant {
  readonly staleAfter: number;
  readonly expiredAfter: number;
}

const REFRESH_WINDOW = { ms: 120_000, share: 0.2 };
const JITTER = 0.1;
const HARD_WINDOW = { ms: 5_000, share: 0.05 };

/**
 * However short the life a vendor grants, its token serves everyone for this long after it arrived:
 * a lifetime of zero must not turn every call into a token request.
 */
const SHORTEST_USE = 1_000;

/** Who has a say in when a token is renewed. */
export interface RenewalWishes {
  /** The vendor's: milliseconds since the epoch. */
  readonly refreshAt?: number | undefined;
  /** The definition's: share of a token's life. */
  readonly refreshWindow?: number | undefined;
  /** When the refresh token that renews it ends, if that is known: milliseconds since the epoch. */
  readonly refreshExpiresAt?: number | undefined;
  /** Whether a login replaces a refresh token that has ended. */
  readonly hasLogin?: boolean | undefined;
}

/**
 * The windows of a token that was asked for at `startedAt`, has arrived at `arrivedAt` and ends at
 * `expiresAt` (milliseconds since the epoch).
 *
 * @param random a number from 0 to 1 that spreads the renewals of a fleet
 */
export function lifeOf(
  expiresAt: number,
  startedAt: Instant,
  arrivedAt: Instant,
  random: number,
  wishes: RenewalWishes = {},
): Life {
  const lifetime = Math.max(0, expiresAt - startedAt.wall) || 0; // nothing is immortal by accident
  const { begins, ends } = refreshWindow(lifetime, startedAt, arrivedAt, wishes);
  // A share of the window or of the time before it, whichever is shorter. Otherwise a token may be stale at birth.
  const jitter = JITTER * random * Math.max(0, Math.min(ends - begins, begins));
  const hardWindow = Math.min(HARD_WINDOW.ms, lifetime * HARD_WINDOW.share);
  const monotonic = Math.floor(startedAt.monotonic);
  const atLeast = shortestUse(startedAt, arrivedAt);
  const expiredAfter = Math.max(Math.floor(lifetime - hardWindow), atLeast);
  const staleAfter = Math.min(Math.max(Math.round(begins - jitter), atLeast), expiredAfter);
  return { wall: startedAt.wall, monotonic, staleAfter, expiredAfter };
}

/**
 * Whether a refresh token ends before the token that came with it can become stale, so that no call can
 * use it in time.
 *
 * @param refreshExpiresAt milliseconds since the epoch
 */
export function endsUnused(
  refreshExpiresAt: number,
  startedAt: Instant,
  arrivedAt: Instant,
): boolean {
  return refreshExpiresAt - startedAt.wall <= shortestUse(startedAt, arrivedAt);
}

/** The age up to which a token serves in any case. */
function shortestUse(startedAt: Instant, arrivedAt: Instant): number {
  return Math.ceil(arrivedAt.monotonic - Math.floor(startedAt.monotonic)) + SHORTEST_USE;
}

/** The ages at which the window begins and ends: it ends with the first of the two tokens. */
function refreshWindow(
  lifetime: number,
  startedAt: Instant,
  arrivedAt: Instant,
  wishes: RenewalWishes,
): { begins: number; ends: number } {
  const begins = wishedAge(lifetime, startedAt, wishes);
  const { refreshExpiresAt } = wishes;
  if (refreshExpiresAt === undefined || endsUnused(refreshExpiresAt, startedAt, arrivedAt)) {
    return { begins, ends: lifetime };
  }
  const refreshLifetime = refreshExpiresAt - startedAt.wall;
  if (wishes.hasLogin && !savesLogin(refreshLifetime, lifetime, wishes)) {
    return { begins, ends: lifetime };
  }
  return {
    begins: Math.min(begins, windowBegins(refreshLifetime)),
    ends: Math.min(lifetime, refreshLifetime),
  };
}

function wishedAge(
  lifetime: number,
  startedAt: Instant,
  { refreshWindow, refreshAt }: RenewalWishes,
): number {
  if (refreshWindow !== undefined) return lifetime * (1 - refreshWindow);
  return refreshAt === undefined ? windowBegins(lifetime) : refreshAt - startedAt.wall;
}

function windowBegins(lifetime: number): number {
  return lifetime - Math.min(REFRESH_WINDOW.ms, lifetime * REFRESH_WINDOW.share);
}

/**
 * Whether to renew before the refresh token ends although there is a login. This saves the login. It is not
 * done if it would more than double the number of renewals, or if the definition wants no early renewal.
 */
function savesLogin(refreshLifetime: number, lifetime: number, wishes: RenewalWishes): boolean {
  return refreshLifetime >= lifetime / 2 && wishes.refreshWindow !== 0;
}

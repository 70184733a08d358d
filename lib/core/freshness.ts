import { passedSince, type Clock, type Instant } from './clock.js';

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

const REFRESH_WINDOW = { ms: 120_000, share: 0.2, jitter: 0.1 };
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
  const window = refreshWindow(lifetime, startedAt, wishes) * (1 + REFRESH_WINDOW.jitter * random);
  const hardWindow = Math.min(HARD_WINDOW.ms, lifetime * HARD_WINDOW.share);
  const monotonic = Math.floor(startedAt.monotonic);
  const atLeast = Math.ceil(arrivedAt.monotonic - monotonic) + SHORTEST_USE;
  const expiredAfter = Math.max(Math.floor(lifetime - hardWindow), atLeast);
  const staleAfter = Math.min(Math.max(Math.round(lifetime - window), atLeast), expiredAfter);
  return { wall: startedAt.wall, monotonic, staleAfter, expiredAfter };
}

function refreshWindow(lifetime: number, startedAt: Instant, wishes: RenewalWishes): number {
  if (wishes.refreshWindow !== undefined) return lifetime * wishes.refreshWindow;
  if (wishes.refreshAt !== undefined) return lifetime - (wishes.refreshAt - startedAt.wall);
  return Math.min(REFRESH_WINDOW.ms, lifetime * REFRESH_WINDOW.share);
}

/** Where a token stands in its life: the clock that has gone further decides. */
export function freshnessOf(life: Life, clock: Clock): Freshness {
  const age = passedSince(life, clock);
  if (age < life.staleAfter) return 'fresh';
  return age < life.expiredAfter ? 'stale' : 'expired';
}

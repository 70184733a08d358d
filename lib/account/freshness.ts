import type { Instant } from '../util/clock.js';

/** `fresh`: use it. `stale`: use it and renew it in the background. `expired`: wait for the renewal. */
export type Freshness = 'fresh' | 'stale' | 'expired';

/**
 * When the request for a token was started, and how old the token may become. In whole milliseconds, because the engine
 * stores them in less memory than fractions.
 */
export interface Life extends Instant {
  readonly staleAfter: number;
  readonly expiredAfter: number;
}

const REFRESH_WINDOW = { ms: 120_000, share: 0.2 };
const JITTER = 0.1;
const HARD_WINDOW = { ms: 5_000, share: 0.05 };

/**
 * Milliseconds after its arrival for which a token serves all callers, however short its lifetime is. Otherwise a
 * lifetime of zero would turn every call into a token request.
 */
const SHORTEST_USE = 1_000;

/** What influences when a token is renewed. */
export interface RenewalWishes {
  /** When the vendor wants it renewed: milliseconds since the epoch. */
  readonly refreshAt?: number | undefined;
  /** The share of a token's life in which it is stale, as the definition says. */
  readonly refreshWindow?: number | undefined;
  /** When its refresh token expires, if that is known: milliseconds since the epoch. */
  readonly refreshExpiresAt?: number | undefined;
  /** Whether there is a login for the time after the refresh token has expired. */
  readonly hasLogin?: boolean | undefined;
}

/**
 * The life of a token that was requested at `startedAt`, arrived at `arrivedAt` and expires at `expiresAt`
 * (milliseconds since the epoch).
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
  const lifetime = Math.max(0, expiresAt - startedAt.wall) || 0; // NaN must not make it immortal
  const { begins, ends } = refreshWindow(lifetime, startedAt, arrivedAt, wishes);
  // A share of the window, or of the time before the window if that is shorter. Otherwise a new token might be stale at
  // once.
  const jitter = JITTER * random * Math.max(0, Math.min(ends - begins, begins));
  const hardWindow = Math.min(HARD_WINDOW.ms, lifetime * HARD_WINDOW.share);
  const monotonic = Math.floor(startedAt.monotonic);
  const atLeast = shortestUse(startedAt, arrivedAt);
  const expiredAfter = Math.max(Math.floor(lifetime - hardWindow), atLeast);
  const staleAfter = Math.min(Math.max(Math.round(begins - jitter), atLeast), expiredAfter);
  return { wall: startedAt.wall, monotonic, staleAfter, expiredAfter };
}

/**
 * Whether a refresh token expires before its access token can become stale, so that no call can use it in time.
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

/** The age up to which a token always serves. */
function shortestUse(startedAt: Instant, arrivedAt: Instant): number {
  return Math.ceil(arrivedAt.monotonic - Math.floor(startedAt.monotonic)) + SHORTEST_USE;
}

/** The ages at which the refresh window begins and ends. It ends when the first of the two tokens expires. */
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
 * Whether to renew before the refresh token expires although there is a login, to save the login. This is not done if
 * it would more than double the number of renewals, or if the definition wants no early renewal.
 */
function savesLogin(refreshLifetime: number, lifetime: number, wishes: RenewalWishes): boolean {
  return refreshLifetime >= lifetime / 2 && wishes.refreshWindow !== 0;
}

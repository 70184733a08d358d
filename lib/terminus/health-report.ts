import type { OAuth2ClientError, OAuth2ErrorCode } from '../core/errors.js';
import type { TokenStatus } from '../lifecycle/token-access.js';

/** What a health check tells of one provider. It holds no secret, and no label of an account. */
export interface OAuth2HealthReport {
  /**
   * `up`: there is a usable token. `degraded`: an older token serves because it cannot be renewed, or an account with a
   * subject, scope or resource of its own fails. `down`: the last attempt to get a token failed, and there is none.
   * `unknown`: nobody has asked for a token yet, or since the last one expired. `disabled`: `enabled: false`.
   */
  readonly state: TokenStatus['state'] | 'disabled';
  /** Seconds until the token expires; of several, the one that expires first. Absent if none does. */
  readonly expiresInSeconds?: number;
  /** Why there is no new token. */
  readonly code?: OAuth2ErrorCode;
  /** The same in words. */
  readonly reason?: string;
  /** Seconds until the next attempt. 0: the next call makes it. Absent if the check itself has just tried in vain. */
  readonly retryInSeconds?: number | undefined;
  /** How many accounts with a subject, scope or resource of their own are in each state, if there are any in memory. */
  readonly accounts?: Readonly<Record<TokenStatus['state'], number>>;
}

/** The severest state first. */
const SEVERITY: readonly OAuth2HealthReport['state'][] = [
  'down',
  'degraded',
  'up',
  'unknown',
  'disabled',
];

/** The lifetime, in seconds, from which a token counts as one that does not expire. */
const FOREVER = 100 * 365 * 86_400;

export const DISABLED: OAuth2HealthReport = { state: 'disabled' };

/**
 * Reports a provider from the states of its accounts.
 *
 * @param own that of the definition itself
 * @param others those with a subject, scope or resource. They never make a provider `down`: one tenant who has withdrawn
 * a consent must not take the service from all others
 * @param now milliseconds since the epoch
 */
export function reportOf(
  own: TokenStatus,
  others: readonly TokenStatus[],
  now: number,
): OAuth2HealthReport {
  const all = [own, ...others];
  const states = [own.state, ...others.map(({ state }) => (state === 'down' ? 'degraded' : state))];
  const failing = [own, ...others.filter(({ state }) => state === 'down'), ...others].find(
    ({ error }) => error,
  );
  const lifetime = Math.min(
    ...all
      .filter(({ token }) => token === 'fresh' || token === 'stale')
      .map(({ expiresAt = Infinity }) => Math.floor((expiresAt - now) / 1_000)),
  );
  return {
    state: SEVERITY.find((state) => states.some((each) => each === state))!,
    ...(lifetime < FOREVER && { expiresInSeconds: lifetime }),
    ...(failing?.error && problemOf(failing.error, failing.retryAfter)),
    ...(others.length > 0 && { accounts: countsOf(others) }),
  };
}

/** The members of a report that tell of a failure. */
export function problemOf(
  { code, reason }: Pick<OAuth2ClientError, 'code' | 'reason'>,
  retryInSeconds: number | undefined,
): Pick<OAuth2HealthReport, 'code' | 'reason' | 'retryInSeconds'> {
  return { code, reason, retryInSeconds };
}

/** The severest of several: an app may have two providers of one name. */
export function severestOf(reports: readonly OAuth2HealthReport[]): OAuth2HealthReport {
  const severity = ({ state }: OAuth2HealthReport) => SEVERITY.indexOf(state);
  return reports.reduce((a, b) => (severity(b) < severity(a) ? b : a));
}

function countsOf(statuses: readonly TokenStatus[]): Record<TokenStatus['state'], number> {
  const counts = { up: 0, degraded: 0, down: 0, unknown: 0 };
  for (const { state } of statuses) counts[state]++;
  return counts;
}

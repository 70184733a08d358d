import type { Account } from '../account/account.js';
import { heldBackFor } from '../account/backoff.js';
import type { Clock } from '../util/clock.js';
import type { TokenStatus } from './token-access.js';

/**
 * Describes the state of an account.
 *
 * @param account `undefined`: it is not in memory
 */
export function statusOf(
  provider: string,
  account: Account | undefined,
  label: string | undefined,
  clock: Clock,
): TokenStatus {
  const { failure, failures: count = 0 } = account?.backoff ?? {};
  const token = account?.freshness(clock) ?? 'none';
  const retryAfter = Math.ceil(heldBackFor(account?.backoff, clock.monotonic()) / 1_000);
  return {
    provider,
    account: label,
    state: stateOf(token === 'fresh' || token === 'stale', failure !== undefined),
    token,
    expiresAt: account?.life && account.tokens?.expiresAt,
    renewing: account?.renewal !== undefined,
    failures: count,
    errorCode: failure?.code,
    // Each caller gets an error of its own, with a stack. It is made only if somebody reads it.
    get error() {
      return label === undefined ? failure : failure?.forCaller(retryAfter, label);
    },
    retryAfter,
  };
}

function stateOf(isUsable: boolean, hasFailed: boolean): TokenStatus['state'] {
  if (isUsable) return hasFailed ? 'degraded' : 'up';
  return hasFailed ? 'down' : 'unknown';
}

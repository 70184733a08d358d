import type { Account } from '../account/account.js';
import { heldBackFor } from '../account/backoff.js';
import type { OAuth2ClientError } from '../core/errors.js';
import type { Clock } from '../util/clock.js';
import type { TokenStatus } from './token-access.js';

/** The failure that is shared by all callers, by the status that tells of it. */
const failures = new WeakMap<TokenStatus, OAuth2ClientError>();

/** The code of the `error` of a status. No error is made for it, so it can be asked of all accounts. */
export function errorCodeOf(status: TokenStatus): OAuth2ClientError['code'] | undefined {
  return (failures.get(status) ?? status.error)?.code;
}

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
  const status: TokenStatus = {
    provider,
    account: label,
    state: stateOf(token === 'fresh' || token === 'stale', failure !== undefined),
    token,
    expiresAt: account?.life && account.tokens?.expiresAt,
    renewing: account?.renewal !== undefined,
    failures: count,
    // Made when somebody reads it: with 10,000 failing accounts, their stacks take a fifth of a second.
    get error() {
      return label === undefined ? failure : failure?.forCaller(retryAfter, label);
    },
    retryAfter,
  };
  if (failure) failures.set(status, failure);
  return status;
}

function stateOf(isUsable: boolean, hasFailed: boolean): TokenStatus['state'] {
  if (isUsable) return hasFailed ? 'degraded' : 'up';
  return hasFailed ? 'down' : 'unknown';
}

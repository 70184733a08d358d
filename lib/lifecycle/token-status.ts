import type { Clock } from '../util/clock.js';
import type { Slot } from '../account/slot.js';
import type { TokenStatus } from './token-access.js';

/** The state of an account; `slot` is absent where nothing is known of it. */
export function statusOf(
  slot: Slot | undefined,
  clock: Clock,
  { provider, account, retryAfter }: Pick<TokenStatus, 'provider' | 'account' | 'retryAfter'>,
): TokenStatus {
  const failure = slot?.backoff?.failure;
  return {
    provider,
    account,
    token: slot?.freshness(clock) ?? 'none',
    expiresAt: slot?.life && slot.tokens?.expiresAt,
    renewing: slot?.flight !== undefined,
    failures: slot?.backoff?.failures ?? 0,
    error: account === undefined ? failure : failure?.forCaller(retryAfter, account),
    retryAfter,
  };
}

import { backOff, type Backoff } from '../account/backoff.js';
import { OAuth2ClientError } from '../core/errors.js';
import type { StoredFailure } from '../core/token-store.js';

/**
 * The share of its back-off for which a failure holds other instances back. It is below 1 so that the instance that
 * saw the failure does not find it in the store when it asks again.
 */
const SHARED_BACKOFF = 0.9;

/** A failure that another instance has seen. It holds this instance back for as long as that one, and no longer. */
export class FailedElsewhere extends Error {
  constructor(
    readonly failure: OAuth2ClientError,
    readonly retryInMs: number,
  ) {
    super(failure.message);
  }

  /** Reads what another instance has left in the store. */
  static from({ details, retryInMs }: StoredFailure): FailedElsewhere {
    const retryAfter = Math.ceil(retryInMs / 1_000);
    return new FailedElsewhere(
      new OAuth2ClientError({ ...details, provider: undefined, retryAfter }),
      retryInMs,
    );
  }
}

/**
 * The failure to leave for other instances. Only a response of the token endpoint concerns them: an endpoint that
 * this instance cannot reach may be reachable for others.
 *
 * @param before the back-off that the renewal began with
 * @param serving whether an older token serves the callers meanwhile
 */
export function failureOf(
  error: unknown,
  before: Backoff | undefined,
  serving: boolean,
): StoredFailure | undefined {
  if (!(error instanceof OAuth2ClientError) || error.status === undefined) return undefined;
  const { notBefore } = backOff(before, error, undefined, serving, 0);
  return { details: error.toJSON(), retryInMs: notBefore * SHARED_BACKOFF };
}

/** Says why a refresh token is not sent: another instance may have used it. */
export function refreshBlocked(isDown: boolean): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'STORE_UNAVAILABLE',
    stage: 'token request',
    reason: isDown
      ? 'The shared store is unavailable, so the refresh token is not sent: another instance may have used it.'
      : 'This instance cannot read the record in the shared store, so the refresh token is not sent: another instance may have used it.',
    hint: isDown
      ? 'Check the store. The next call tries again.'
      : 'Give this instance the encryption keys of the others.',
    retryable: true,
    evaluated: false,
  });
}

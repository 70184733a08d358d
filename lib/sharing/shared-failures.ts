import { backOff, type Backoff } from '../account/backoff.js';
import { OAuth2ClientError } from '../core/errors.js';
import type { StoredFailure } from '../core/token-store.js';

/**
 * Share of its back-off for which a failure keeps others from asking: the one who met it must not
 * meet it again in the store.
 */
const SHARED_BACKOFF = 0.9;

/** A failure that another instance has met: it holds this one back as long as that one, and no longer. */
export class MetElsewhere extends Error {
  constructor(
    readonly failure: OAuth2ClientError,
    readonly retryInMs: number,
  ) {
    super(failure.message);
  }
}

/**
 * Only what the token endpoint has answered is of interest to others: what cannot be reached from here may
 * be reached from there.
 *
 * @param before the back-off that the renewal began with
 * @param serving whether callers are served with an older token meanwhile
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

/** Why a refresh token cannot be spent now: somebody else may have done so. */
export function withheld(provider: string, isDown: boolean): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'STORE_UNAVAILABLE',
    provider,
    stage: 'token request',
    reason: isDown
      ? 'The refresh token cannot be spent while the shared store is away: another instance may have done so.'
      : 'What the shared store holds cannot be read, so that the refresh token here may be spent.',
    hint: isDown
      ? 'Check the store; the next call tries again.'
      : 'Give this instance the keys of the others.',
    retryable: true,
    evaluated: false,
  });
}

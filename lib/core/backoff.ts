import type { OAuth2ClientError } from './errors.js';

/** What a token was asked for with, as far as it tells whether there are new credentials. */
export interface Tried {
  /** Digest of the account and its credentials. */
  readonly accountKey: string;
  readonly configuredRefreshToken?: string | undefined;
}

/** Why and until when a slot leaves its token endpoint alone. */
export interface Backoff {
  readonly failure: OAuth2ClientError;
  /** `undefined`: the credentials themselves could not be had. */
  readonly tried: Tried | undefined;
  /** Failed flights in a row. */
  readonly failures: number;
  /** Milliseconds of the monotonic clock. */
  readonly notBefore: number;
  /** When a held-back call last looked for new credentials, in monotonic milliseconds. */
  lookedAt: number;
}

interface Steps {
  readonly first: number;
  readonly longest: number;
}

const TRANSIENT: Steps = { first: 1_000, longest: 30_000 };
const TRANSIENT_WHILE_SERVING: Steps = { first: 3_000, longest: 30_000 };
const PERMANENT: Steps = { first: 30_000, longest: 300_000 };

/** A vendor may ask for patience, but not for ever. */
const LONGEST_RETRY_AFTER = 3_600_000;

/**
 * The back-off after one more failed flight.
 *
 * @param tried what the flight asked with
 * @param serving whether callers are served with an older token meanwhile
 * @param now monotonic milliseconds
 */
export function backOff(
  previous: Backoff | undefined,
  failure: OAuth2ClientError,
  tried: Tried | undefined,
  serving: boolean,
  now: number,
): Backoff {
  const steps = !failure.retryable ? PERMANENT : serving ? TRANSIENT_WHILE_SERVING : TRANSIENT;
  const failures = (previous?.failures ?? 0) + 1;
  const step = Math.min(steps.first * 2 ** (failures - 1), steps.longest);
  const asked = Math.min((failure.retryAfter ?? 0) * 1_000, LONGEST_RETRY_AFTER);
  const lookedAt = previous?.lookedAt ?? -Infinity;
  return { failure, tried, failures, notBefore: now + Math.max(step, asked), lookedAt };
}

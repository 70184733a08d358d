import type { OAuth2ClientError } from './errors.js';

/** What a token was asked for with, as far as it tells whether there are new credentials. */
export interface Tried {
  /** Digest of the account and its credentials. */
  readonly accountKey: string;
  readonly configuredRefreshToken?: string | undefined;
}

/** Why an account leaves its token endpoint alone, and until when. */
export interface Backoff {
  readonly failure: OAuth2ClientError;
  /** `undefined`: the credentials themselves could not be had. */
  readonly tried: Tried | undefined;
  /** Failed flights in a row. */
  readonly failures: number;
  /** Milliseconds of the monotonic clock. */
  readonly notBefore: number;
  /** The caller has asked for an attempt at once, whatever others have met. */
  readonly isLifted?: boolean | undefined;
  /** When a held-back call last looked for new credentials, in monotonic milliseconds. */
  lookedAt: number;
}

interface Steps {
  readonly first: number;
  readonly longest: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/**
 * How long an account leaves its token endpoint alone, doubled with every failure in a row. The first row
 * that fits decides. `docs/errors.md` has the same table in words.
 */
const STEPS: readonly (readonly [(failure: OAuth2ClientError) => boolean, Steps])[] = [
  // Even `invalid_grant` passes at some vendors, so the refresh token is tried again, though rarely.
  [
    ({ code }) => code === 'REAUTHENTICATION_REQUIRED',
    { first: 30 * SECOND, longest: 60 * MINUTE },
  ],
  [({ mayLockAccount }) => mayLockAccount, { first: 30 * SECOND, longest: 5 * MINUTE }],
  [({ retryable }) => retryable, { first: SECOND, longest: 30 * SECOND }],
  [() => true, { first: SECOND, longest: 5 * MINUTE }],
];

/** Milliseconds of the first step while callers are served with an older token: nobody waits. */
const FIRST_WHILE_SERVING = 3 * SECOND;

/** A vendor may ask for patience, but not for ever. */
const LONGEST_RETRY_AFTER = 60 * MINUTE;

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
  const { first, longest } = STEPS.find(([fits]) => fits(failure))![1];
  const failures = (previous?.failures ?? 0) + 1;
  const begin = serving ? Math.max(first, FIRST_WHILE_SERVING) : first;
  const step = Math.min(begin * 2 ** (failures - 1), longest);
  const asked = Math.min((failure.retryAfter ?? 0) * 1_000, LONGEST_RETRY_AFTER);
  const lookedAt = previous?.lookedAt ?? -Infinity;
  return { failure, tried, failures, notBefore: now + Math.max(step, asked), lookedAt };
}

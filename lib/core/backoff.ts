import { settleStack, type OAuth2ClientError } from './errors.js';

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
  /** When new credentials last had it tried before its time, in monotonic milliseconds. */
  newsAt?: number | undefined;
  /** A look has found the refused credentials unchanged: others that are found later are news. */
  isSteady?: boolean | undefined;
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

/** Milliseconds that a store is left alone after a failure of its own: no vendor was asked, so none is spared. */
const STORE_RETRY = 1_000;

/** Milliseconds between two looks for new credentials after old ones were refused, doubled with every refusal. */
const LOOK_INTERVAL = { first: 1_000, longest: 4_000 };

/**
 * Milliseconds between two attempts that new credentials cause, doubled with every refusal: credentials that
 * differ each time, such as a one-time password, are no news.
 */
const NEWS_INTERVAL = { first: 1_000, longest: 30_000 };

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
  settleStack(failure);
  const lookedAt = previous?.lookedAt ?? -Infinity;
  const { newsAt } = previous ?? {};
  if (isOfStore(failure)) {
    const failures = previous?.failures ?? 0;
    return { failure, tried, failures, notBefore: now + STORE_RETRY, lookedAt, newsAt };
  }
  const { first, longest } = STEPS.find(([fits]) => fits(failure))![1];
  const failures = (previous?.failures ?? 0) + 1;
  const step = doubled(
    { first: Math.max(first, serving ? FIRST_WHILE_SERVING : 0), longest },
    failures,
  );
  const asked = Math.min((failure.retryAfter ?? 0) * 1_000, LONGEST_RETRY_AFTER);
  return { failure, tried, failures, notBefore: now + Math.max(step, asked), lookedAt, newsAt };
}

/** The store was away, or another instance held the lock: nothing was asked of the vendor. */
function isOfStore({ code, stage, evaluated }: OAuth2ClientError): boolean {
  if (code === 'STORE_UNAVAILABLE') return true;
  return code === 'TOKEN_REQUEST_TIMEOUT' && stage === 'token request' && !evaluated;
}

/** Whether a call that is held back may look for new credentials; it counts as a look. */
export function mayLook(backoff: Backoff, now: number): boolean {
  if (now - backoff.lookedAt < doubled(LOOK_INTERVAL, backoff.failures)) return false;
  backoff.lookedAt = now;
  return true;
}

/** Whether what a look has found is worth an attempt before its time; it counts as one. */
export function isNews(backoff: Backoff, found: Tried, now: number): boolean {
  const { tried, failures, newsAt = -Infinity } = backoff;
  const isSame =
    tried?.accountKey === found.accountKey &&
    tried.configuredRefreshToken === found.configuredRefreshToken;
  if (isSame) backoff.isSteady = true;
  else if (backoff.isSteady || now - newsAt >= doubled(NEWS_INTERVAL, failures)) {
    backoff.newsAt = now;
    return true;
  }
  return false;
}

function doubled({ first, longest }: Steps, failures: number): number {
  return Math.min(first * 2 ** (failures - 1), longest);
}

import { settleStack, type OAuth2ClientError } from '../core/errors.js';

/** What a token was asked for with, as far as it tells whether there are new credentials. */
export interface AskedWith {
  /** Digest of the account and its credentials. */
  readonly accountKey: string;
  readonly configuredRefreshToken?: string | undefined;
}

/** Why an account leaves its token endpoint alone, and until when. */
export interface Backoff {
  readonly failure: OAuth2ClientError;
  /** `undefined`: the credentials themselves could not be had. */
  readonly tried: AskedWith | undefined;
  /** Failed flights in a row. */
  readonly failures: number;
  /** The same by their row in {@link STEPS}: each kind of failure doubles its own waits. */
  readonly failuresByKind: readonly number[];
  /** Milliseconds of the monotonic clock. */
  readonly notBefore: number;
  /** The caller has asked for an attempt at once: failures of other instances do not hold it back. */
  readonly isLifted?: boolean | undefined;
  /** When a held-back call last looked for new credentials, in monotonic milliseconds. */
  lookedAt: number;
  /** When new credentials last caused an attempt before `notBefore`, in monotonic milliseconds. */
  newsAt?: number | undefined;
  /** A look has found the refused credentials unchanged. If a later one finds others, they are really new. */
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

const NO_FAILURES: readonly number[] = STEPS.map(() => 0);

/** The least first step while an older token serves the callers, in milliseconds: nobody waits for the renewal. */
const FIRST_WHILE_SERVING = 3 * SECOND;

/** Milliseconds to the next attempt after the shared store has failed: the vendor was not asked. */
const STORE_RETRY = 1_000;

/** Milliseconds between two looks for new credentials after old ones were refused, doubled with every refusal. */
const LOOK_INTERVAL = { first: 1_000, longest: 4_000 };

/**
 * Milliseconds between two attempts that new credentials cause, doubled with every refusal. Credentials that
 * differ each time, such as a one-time password, would otherwise undo the back-off.
 */
const NEWS_INTERVAL = { first: 1_000, longest: 30_000 };

/** A longer `Retry-After` is cut to this, in milliseconds. */
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
  tried: AskedWith | undefined,
  serving: boolean,
  now: number,
): Backoff {
  settleStack(failure);
  const lookedAt = previous?.lookedAt ?? -Infinity;
  const { newsAt, failures = 0, failuresByKind = NO_FAILURES } = previous ?? {};
  const common = { failure, tried, lookedAt, newsAt };
  if (isOfStore(failure)) {
    return { ...common, failures, failuresByKind, notBefore: now + STORE_RETRY };
  }
  const kind = STEPS.findIndex(([fits]) => fits(failure));
  const { first, longest } = STEPS[kind]![1];
  const begin = Math.max(first, serving ? FIRST_WHILE_SERVING : 0);
  const step = doubled({ first: begin, longest }, failuresByKind[kind]! + 1);
  const asked = Math.min((failure.retryAfter ?? 0) * 1_000, LONGEST_RETRY_AFTER);
  return {
    ...common,
    failures: failures + 1,
    failuresByKind: failuresByKind.map((count, i) => (i === kind ? count + 1 : count)),
    notBefore: now + Math.max(step, asked),
  };
}

/** The back-off after a failure that another instance has met, and counts: else all would wait in lockstep. */
export function backOffOfOthers(
  previous: Backoff | undefined,
  failure: OAuth2ClientError,
  tried: AskedWith | undefined,
  notBefore: number,
): Backoff {
  const none = { failures: 1, failuresByKind: NO_FAILURES, lookedAt: -Infinity };
  return { ...none, ...previous, failure, tried, notBefore };
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

/** Whether the credentials that a look has found are worth an attempt now. It counts as that attempt. */
export function areNew(backoff: Backoff, found: AskedWith, now: number): boolean {
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

import { settleStack, type OAuth2ClientError } from '../core/errors.js';
import { doubled, type Pauses } from '../util/waiting.js';

/** The credentials that a renewal used, as far as they show whether there are new ones. */
export interface AskedWith {
  /** Digest of the account and its credentials. */
  readonly accountKey: string;
  readonly configuredRefreshToken?: string | undefined;
}

/** Why an account does not ask its token endpoint, and until when. */
export interface Backoff {
  readonly failure: OAuth2ClientError;
  /** `undefined`: the credentials could not be resolved. */
  readonly askedWith: AskedWith | undefined;
  /** Failed renewals in a row. */
  readonly failures: number;
  /** Failed renewals by their row in {@link STEPS}: each kind of failure doubles its own waits. */
  readonly failuresByKind: readonly number[];
  /** Milliseconds of the monotonic clock. */
  readonly notBefore: number;
  /** A call has asked for an attempt at once. Failures of other instances do not prevent it. */
  readonly isLifted?: boolean | undefined;
  /** When a call last looked for new credentials during the back-off, in monotonic milliseconds. */
  lookedAt: number;
  /** When new credentials last caused an attempt before `notBefore`, in monotonic milliseconds. */
  newCredentialsAt?: number | undefined;
  /**
   * The refused credentials were found unchanged once, so they are not different on each call. If they change later,
   * they are really new.
   */
  isSteady?: boolean | undefined;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/**
 * How long an account waits after a failure. The wait doubles with every failure in a row. The first row that matches
 * decides. `docs/errors.md` has the same table in words.
 */
const STEPS: readonly (readonly [(failure: OAuth2ClientError) => boolean, Pauses])[] = [
  // At some vendors even `invalid_grant` is temporary, so the refresh token is tried again, rarely.
  [
    ({ code }) => code === 'REAUTHENTICATION_REQUIRED',
    { first: 30 * SECOND, longest: 60 * MINUTE },
  ],
  [({ mayLockAccount }) => mayLockAccount, { first: 30 * SECOND, longest: 5 * MINUTE }],
  [({ retryable }) => retryable, { first: SECOND, longest: 30 * SECOND }],
  [() => true, { first: SECOND, longest: 5 * MINUTE }],
];

const NO_FAILURES: readonly number[] = STEPS.map(() => 0);

/** The shortest first wait while an older token serves the callers, in milliseconds. Nobody waits for the renewal. */
const FIRST_WHILE_SERVING = 3 * SECOND;

/** Milliseconds to the next attempt after a failure of the shared store. The vendor was not asked. */
const STORE_RETRY = 1_000;

/** Milliseconds between two looks for new credentials after a refusal. They double with every refusal. */
const LOOK_INTERVAL = { first: 1_000, longest: 4_000 };

/**
 * Milliseconds between two attempts that new credentials cause. They double with every refusal. Credentials that differ
 * each time, such as a one-time password, would otherwise undo the back-off.
 */
const NEW_CREDENTIALS_INTERVAL = { first: 1_000, longest: 30_000 };

/** The longest `Retry-After` that is obeyed, in milliseconds. */
const LONGEST_RETRY_AFTER = 60 * MINUTE;

/**
 * The back-off after one more failed renewal.
 *
 * @param askedWith the credentials of the renewal
 * @param serving whether an older token serves the callers meanwhile
 * @param now monotonic milliseconds
 */
export function backOff(
  previous: Backoff | undefined,
  failure: OAuth2ClientError,
  askedWith: AskedWith | undefined,
  serving: boolean,
  now: number,
): Backoff {
  settleStack(failure);
  const lookedAt = previous?.lookedAt ?? -Infinity;
  const { newCredentialsAt, failures = 0, failuresByKind = NO_FAILURES } = previous ?? {};
  const common = { failure, askedWith, lookedAt, newCredentialsAt };
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

/**
 * The back-off after a failure that another instance has seen. Only that instance counts it; otherwise all instances
 * would back off in lockstep.
 */
export function backOffOfOthers(
  previous: Backoff | undefined,
  failure: OAuth2ClientError,
  askedWith: AskedWith | undefined,
  notBefore: number,
): Backoff {
  const none = { failures: 1, failuresByKind: NO_FAILURES, lookedAt: -Infinity };
  return { ...none, ...previous, failure, askedWith, notBefore };
}

/** Milliseconds until the token endpoint may be asked again. */
export function heldBackFor(backoff: Backoff | undefined, now: number): number {
  return backoff ? Math.max(0, backoff.notBefore - now) : 0;
}

/** Whether the store was unavailable, or another instance held the lock. The vendor was not asked. */
function isOfStore({ code, stage, evaluated }: OAuth2ClientError): boolean {
  if (code === 'STORE_UNAVAILABLE') return true;
  return code === 'TOKEN_REQUEST_TIMEOUT' && stage === 'token request' && !evaluated;
}

/** Whether a call may look for new credentials during the back-off. If so, this counts as a look. */
export function mayLook(backoff: Backoff, now: number): boolean {
  if (now - backoff.lookedAt < doubled(LOOK_INTERVAL, backoff.failures)) return false;
  backoff.lookedAt = now;
  return true;
}

/** Whether new credentials were found and may be tried now. If so, this counts as the attempt. */
export function areNew(backoff: Backoff, found: AskedWith, now: number): boolean {
  const { askedWith, failures, newCredentialsAt = -Infinity } = backoff;
  const isSame =
    askedWith?.accountKey === found.accountKey &&
    askedWith.configuredRefreshToken === found.configuredRefreshToken;
  if (isSame) backoff.isSteady = true;
  else if (
    backoff.isSteady ||
    now - newCredentialsAt >= doubled(NEW_CREDENTIALS_INTERVAL, failures)
  ) {
    backoff.newCredentialsAt = now;
    return true;
  }
  return false;
}

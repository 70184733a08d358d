import { instant, passedSince, type Clock, type Instant } from '../util/clock.js';
import { OAuth2ClientError } from './errors.js';
import { abandonable, sleep } from '../util/waiting.js';

/** How often one renewal may send a request. */
export interface AttemptPolicy {
  /**
   * How many attempts the server may have evaluated: a password counts as one guess each time, and a
   * refresh token may be used by the first. A failure that the server certainly did not evaluate, such
   * as a refused connection, may always be repeated.
   */
  readonly evaluations: number;
}

/** What one attempt is given. */
export interface AttemptCall {
  /** Ends everything that the attempt waits for. */
  readonly signal: AbortSignal;
  /** Ends a request that is already on its way: never before `signal`, and little later. */
  readonly requestSignal: AbortSignal;
  /** When a request must have left, in monotonic milliseconds. */
  readonly deadline: number;
  /**
   * Asked at the last moment before a request with a refresh token leaves: whether that is still in time,
   * by both clocks. A process that was stopped for longer than its lock lives must not use what others may
   * have used.
   */
  readonly mayBeSent?: (() => boolean) | undefined;
  /** Tokens that the account still has: masked where the vendor quotes them. */
  readonly secrets?: readonly string[] | undefined;
}

/** What a renewal makes its attempts with. */
export interface AttemptTools extends AttemptCall {
  readonly clock: Clock;
  /** When it began. A lock that it takes lives for longer than its deadline, counted from here. */
  readonly begun: Instant;
  /** A number from 0 to 1. */
  readonly random: () => number;
  /** The `requestSignal` of requests whose response must not be lost. */
  readonly graceful: AbortSignal;
  /** When a refresh token must have left: its successor would be lost with a late response. */
  readonly latest: number;
  /** How often a request is sent at most. */
  readonly most: number;
}

/** How often a renewal sends a request at most. */
const MOST_ATTEMPTS = 6;

/** The upper end of the first pause, in milliseconds. It doubles with every attempt. */
const FIRST_PAUSE = 250;

/**
 * The upper end of the pause, in milliseconds, where few attempts may be evaluated: an endpoint that
 * restarts is away for about two seconds.
 */
const LONG_PAUSE = 4_500;

/** Share of a renewal in which a refresh token may be sent. */
const EARLY = 0.75;

/** When a renewal ends, and how often it may ask until then. */
export interface Ends {
  readonly signal: AbortSignal;
  readonly graceful?: AbortSignal;
  /** The renewal before it has failed, so it sends one request only, to see whether the endpoint is back. */
  readonly isProbe?: boolean;
}

/** The tools of work that begins now. */
export function toolsFor(
  { clock, random, deadline }: { clock: Clock; random: () => number; deadline: number },
  { signal, graceful = signal, isProbe = false }: Ends,
): AttemptTools {
  const begun = instant(clock);
  const now = begun.monotonic;
  return {
    clock,
    begun,
    random,
    signal,
    requestSignal: signal,
    graceful,
    deadline: now + deadline,
    latest: now + deadline * EARLY,
    most: isProbe ? 1 : MOST_ATTEMPTS,
  };
}

/** The tools for a request that sends a refresh token: it leaves early, and its response is awaited. */
export function forRefreshToken(tools: AttemptTools): AttemptTools {
  const { begun, clock, latest, graceful } = tools;
  const mayBeSent = () => passedSince(begun, clock) < latest - begun.monotonic;
  return { ...tools, deadline: latest, requestSignal: graceful, mayBeSent };
}

/**
 * Goes on if that is not too late. Else the end of the flight comes first: one who was stopped for long
 * must not go on as if nothing had been.
 *
 * @param limit monotonic milliseconds
 */
export async function notAfter(
  limit: number,
  { clock, deadline, signal }: AttemptTools,
): Promise<void> {
  const now = clock.monotonic();
  if (now >= limit) await sleep(clock, Math.max(deadline - now, 0) + STANDSTILL, signal);
  signal.throwIfAborted();
}

/** Milliseconds in which a timer that is late fires at last. */
const STANDSTILL = 5_000;

/**
 * Runs `attempt` until it succeeds, fails for good, or has been repeated often enough. The pauses
 * double and never take more than half of the time that is left, so that the attempts are spread over
 * a deadline of any length.
 */
export async function attempts<T>(
  policy: AttemptPolicy,
  tools: AttemptTools,
  attempt: (startedAt: Instant) => Promise<T>,
): Promise<T> {
  const { clock, signal, requestSignal, deadline, most } = tools;
  let evaluations = 0;
  for (let n = 1; ; n++) {
    signal.throwIfAborted();
    try {
      return await abandonable(attempt(instant(clock)), requestSignal);
    } catch (error) {
      if (!(error instanceof OAuth2ClientError)) throw error;
      signal.throwIfAborted();
      if (!error.retryable) throw error;
      if (error.code === 'CREDENTIALS_UNAVAILABLE') throw error; // a vault has its own patience
      if (error.evaluated) evaluations++;
      if (n >= most || evaluations >= policy.evaluations) throw error;
      if (tools.mayBeSent?.() === false) throw error;
      const left = deadline - clock.monotonic();
      const pause = pauseAfter(n, error, policy, left, tools.random);
      if (pause >= left) throw error;
      await sleep(clock, pause, signal);
    }
  }
}

/** Half of a pause is fixed and half is random, unless the server says how long it is. */
function pauseAfter(
  n: number,
  { evaluated, retryAfter = 0 }: OAuth2ClientError,
  policy: AttemptPolicy,
  left: number,
  random: () => number,
): number {
  const isScarce = evaluated && Number.isFinite(policy.evaluations);
  const longest = isScarce ? LONG_PAUSE : FIRST_PAUSE * 2 ** (n - 1);
  const pause = (longest / 2) * (1 + random());
  return Math.max(Math.min(pause, left / 2), retryAfter * 1_000);
}

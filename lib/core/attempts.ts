import { instant, passedSince, type Clock, type Instant } from '../util/clock.js';
import { OAuth2ClientError } from './errors.js';
import type { TokenRequestEvent } from './events.js';
import { abandonable, sleep } from '../util/waiting.js';

/** How often one renewal may send a request. */
export interface AttemptPolicy {
  /**
   * How many attempts the server may evaluate. A password counts as one guess each time, and the first attempt may use
   * up a refresh token. A request that the server certainly did not evaluate, such as one with a refused connection,
   * may always be repeated.
   */
  readonly evaluations: number;
}

/** What one attempt is given. */
export interface AttemptCall {
  /** Ends everything that the attempt waits for. */
  readonly signal: AbortSignal;
  /** Ends a request that is already on its way: at the same time as `signal`, or a little later. */
  readonly requestSignal: AbortSignal;
  /** When a request must have left, in monotonic milliseconds. */
  readonly deadline: number;
  /**
   * Called at the last moment before a request with a refresh token leaves. It says whether there is still time, by
   * both clocks. A process that was stopped for longer than its lock lives must not send a refresh token that others
   * may have used.
   */
  readonly mayBeSent?: (() => boolean) | undefined;
  /** The tokens of the account. They are masked if the vendor quotes them. */
  readonly secrets?: readonly string[] | undefined;
  /** Called when a token request has ended. */
  readonly onTokenRequest?: ((event: TokenRequestEvent) => void) | undefined;
}

/** What a renewal makes its attempts with. */
export interface AttemptTools extends AttemptCall {
  readonly clock: Clock;
  /** When the renewal began. Its lock outlives its deadline, counted from here. */
  readonly begun: Instant;
  /** A number from 0 to 1. */
  readonly random: () => number;
  /** Ends requests whose response must not be lost. */
  readonly graceful: AbortSignal;
  /** When a refresh token must have left. Its successor would be lost with a late response. */
  readonly latest: number;
  /** How often a request is sent at most. */
  readonly most: number;
}

/** How often a renewal sends a request at most. */
const MOST_ATTEMPTS = 6;

/** The longest first pause, in milliseconds. It doubles with every attempt. */
const FIRST_PAUSE = 250;

/**
 * The longest pause, in milliseconds, if few attempts may be evaluated. An endpoint that restarts is away for about two
 * seconds.
 */
const LONG_PAUSE = 4_500;

/** Share of a renewal in which a refresh token may be sent. */
const EARLY = 0.75;

/** When a renewal ends, and how often it may ask until then. */
export interface Ends {
  readonly signal: AbortSignal;
  readonly graceful?: AbortSignal;
  /** The renewal before this one has failed. It sends one request only, to see whether the endpoint is back. */
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
 * Goes on if there is still time. A process that resumes after a long pause waits here for its deadline to fire instead
 * of acting on old state.
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

/** Milliseconds within which a late timer fires. */
const STANDSTILL = 5_000;

/**
 * Runs `attempt` until it succeeds, fails for good, or has been repeated often enough. The pauses double, and none takes
 * more than half of the remaining time. So the attempts are spread over a deadline of any length.
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
      if (error.code === 'CREDENTIALS_UNAVAILABLE') throw error; // a vault makes its own attempts
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

/** Half of a pause is fixed and half is random. A longer `Retry-After` counts instead. */
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

import { instant, type Clock, type Instant } from './clock.js';
import { OAuth2ClientError } from './errors.js';
import { abandonable, sleep } from './waiting.js';

/** How often one flight may ask, and after which failures it asks again. */
export interface AttemptPolicy {
  readonly attempts: number;
  /**
   * `transient`: after any failure that may pass by itself. `unevaluated`: only where the server
   * certainly did not look at the credentials, so that a wrong password is tried once.
   */
  readonly repeat: 'transient' | 'unevaluated';
}

/** What one attempt is given: everything that it does has ended when the signal aborts. */
export interface AttemptCall {
  readonly signal: AbortSignal;
  /** When the renewal ends, in monotonic milliseconds: nothing may wait for longer. */
  readonly deadline: number;
  /** Tokens that the account still has: masked where the vendor quotes them. */
  readonly secrets?: readonly string[] | undefined;
}

export interface AttemptTools extends AttemptCall {
  readonly clock: Clock;
  /** A number from 0 to 1. */
  readonly random: () => number;
  /** From when on no refresh token is sent any more: its successor would be lost with a late answer. */
  readonly latest: number;
}

const FIRST_DELAY = 100;

/** Share of a flight in which a refresh token may be sent. */
const EARLY = 0.75;

/** The tools of work that begins now. */
export function toolsFor(
  { clock, random, deadline }: { clock: Clock; random: () => number; deadline: number },
  signal: AbortSignal,
): AttemptTools {
  const now = clock.monotonic();
  return { clock, random, signal, deadline: now + deadline, latest: now + deadline * EARLY };
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

/** Runs `attempt` until it succeeds or the policy or the deadline says that it is enough. */
export async function attempts<T>(
  policy: AttemptPolicy,
  tools: AttemptTools,
  attempt: (startedAt: Instant) => Promise<T>,
): Promise<T> {
  for (let n = 1; ; n++) {
    tools.signal.throwIfAborted();
    try {
      return await abandonable(attempt(instant(tools.clock)), tools.signal);
    } catch (error) {
      if (n >= policy.attempts || !mayRepeat(policy, error)) throw error;
      const delay = delayBefore(n, error, tools.random);
      if (tools.clock.monotonic() + delay >= tools.deadline) throw error;
      await sleep(tools.clock, delay, tools.signal);
    }
  }
}

function mayRepeat(policy: AttemptPolicy, error: unknown): error is OAuth2ClientError {
  if (!(error instanceof OAuth2ClientError) || !error.retryable) return false;
  return policy.repeat === 'transient' || !error.evaluated;
}

function delayBefore(n: number, error: OAuth2ClientError, random: () => number): number {
  const jitter = random() * FIRST_DELAY * 2 ** (n - 1);
  return Math.max(jitter, (error.retryAfter ?? 0) * 1_000);
}

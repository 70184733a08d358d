import type { Clock } from './clock.js';

/** Waits `ms` milliseconds, or rejects with the signal's reason as soon as it aborts. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return untilAborted(
    signal,
    (resolve) => clock.after(ms, resolve, 'pause'), // the cancel function is the clean-up
  );
}

/**
 * Settles as `work` does, or rejects with the signal's reason as soon as it aborts. The work itself goes on, because
 * other callers may share it.
 */
export function abandonable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  if (signal.aborted) work.catch(() => {}); // nobody listens any more
  return untilAborted(signal, (resolve, reject) => void work.then(resolve, reject));
}

/** Gives `work` a signal that aborts with `timeout()` after `ms` milliseconds. Then it rejects, whatever `work` does. */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  timeout: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const cancel = clock.after(ms, () => controller.abort(timeout()));
  try {
    return await abandonable(work(controller.signal), controller.signal);
  } finally {
    cancel();
  }
}

/** A promise that rejects as soon as the signal aborts. `start` may return a function that cleans up then. */
export function untilAborted<T>(
  signal: AbortSignal,
  start: (resolve: (value: T) => void, reject: (reason: unknown) => void) => (() => void) | void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const onAbort = () => {
      cleanUp?.();
      reject(signal.reason as Error);
    };
    const settled =
      <V>(settle: (value: V) => void) =>
      (value: V) => {
        signal.removeEventListener('abort', onAbort);
        settle(value);
      };
    signal.addEventListener('abort', onAbort, { once: true });
    const cleanUp = start(settled(resolve), settled(reject));
  });
}

/**
 * The result of a function that must be synchronous.
 *
 * @throws {TypeError} for a promise, whose own rejection is then ignored
 */
export function atOnce<T>(result: T): T {
  if (typeof (result as PromiseLike<unknown> | undefined)?.then !== 'function') return result;
  Promise.resolve(result).catch(() => {});
  throw new TypeError('The function must not return a promise.');
}

/** The signals that end work. */
export interface Ending {
  /** Aborts at once. It ends everything that the work waits for. */
  readonly signal: AbortSignal;
  /** Aborts a little later. It ends a request whose response must not be lost. */
  readonly graceful: AbortSignal;
}

type Listener<Reason> = (reason: Reason) => void;

/**
 * Ends all work when the application closes, also work that begins later. A request that has sent a refresh token gets a
 * grace period, because its response has the only refresh token that still works.
 */
export class Closing<Reason extends Error = Error> {
  #reason: Reason | undefined = undefined;
  readonly #listeners = new Set<Listener<Reason>>();

  /** @param grace the grace period in milliseconds; 0: none */
  constructor(
    private readonly clock: Clock,
    private readonly grace: number,
  ) {}

  /** Why the work ends; `undefined` while the application is open. */
  get reason(): Reason | undefined {
    return this.#reason;
  }

  /** Begins to close. */
  begin(reason: Reason): void {
    this.#reason ??= reason;
    for (const listener of this.#listeners) listener(this.#reason);
  }

  /** Settles as `work` does, or rejects as soon as the application closes. The work itself goes on. */
  whileOpen<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const leave = this.#listen(reject);
      void work.then(resolve, reject).finally(leave);
    });
  }

  /**
   * Runs `work` with signals that abort with `timeout()` after `ms`, or when the application closes. It rejects when
   * the later of the two has aborted, whatever the work does.
   */
  async withDeadline<T>(
    ms: number,
    timeout: () => Error,
    work: (ending: Ending) => Promise<T>,
  ): Promise<T> {
    const { clock, grace } = this;
    const [prompt, graceful] = [new AbortController(), new AbortController()];
    const end = (reason: Error) => {
      prompt.abort(reason);
      graceful.abort(reason);
    };
    const timers = [clock.after(ms, () => end(timeout()))];
    const leave = this.#listen((reason) => {
      if (grace === 0) return end(reason);
      prompt.abort(reason);
      timers.push(clock.after(grace, () => end(reason)));
    });
    try {
      const ending = { signal: prompt.signal, graceful: graceful.signal };
      return await abandonable(work(ending), graceful.signal);
    } finally {
      leave();
      for (const cancel of timers) cancel();
    }
  }

  #listen(listener: Listener<Reason>): () => void {
    this.#listeners.add(listener);
    if (this.#reason) listener(this.#reason);
    return () => void this.#listeners.delete(listener);
  }
}

/** Pauses that double. In milliseconds. */
export interface Pauses {
  readonly first: number;
  readonly longest: number;
}

/** The length of a pause. The first one is number 1. */
export function doubled({ first, longest }: Pauses, number: number): number {
  return Math.min(first * 2 ** (number - 1), longest);
}

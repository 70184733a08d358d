import type { Clock } from './clock.js';

/** Waits `ms` milliseconds, or rejects with the signal's reason as soon as it aborts. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return untilAborted(
    signal,
    (resolve) => clock.after(ms, resolve), // the cancel function is the clean-up
  );
}

/**
 * Settles as `work` does, or rejects with the signal's reason as soon as it aborts. The work itself
 * goes on: it may be shared with others.
 */
export function abandonable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  if (signal.aborted) work.catch(() => {}); // nobody is there any more to hear of it
  return untilAborted(signal, (resolve, reject) => void work.then(resolve, reject));
}

/** Gives `work` a signal that aborts with `timeout()` after `ms`, and rejects then whatever it does. */
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

/** A promise that rejects as soon as the signal aborts; `start` may return what cleans up then. */
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
 * What a function that cannot wait returned.
 *
 * @throws {TypeError} for a promise, whose own failure then reaches nobody
 */
export function atOnce<T>(result: T): T {
  if (typeof (result as PromiseLike<unknown> | undefined)?.then !== 'function') return result;
  Promise.resolve(result).catch(() => {});
  throw new TypeError('The function must not return a promise.');
}

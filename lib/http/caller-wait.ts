import {
  AxiosError,
  CanceledError,
  type AxiosRequestConfig,
  type InternalAxiosRequestConfig,
} from 'axios';

import type { Clock } from '../util/clock.js';
import { abandonable } from '../util/waiting.js';

/**
 * Runs `work` with a signal that aborts when the caller stops waiting: by its AbortSignal, its CancelToken (an
 * HttpService cancels it on unsubscribe) or its timeout. Work that other callers share goes on.
 *
 * @param timeLeft milliseconds that are left of the caller's timeout; `undefined` if it has none
 */
export async function whileCallerWaits<T>(
  config: InternalAxiosRequestConfig,
  clock: Clock,
  timeLeft: number | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const { signal, cancelToken } = config;
  const cancel = () => controller.abort(new CanceledError(cancelToken?.reason?.message, config));
  if (signal?.aborted || cancelToken?.reason) cancel();
  signal?.addEventListener?.('abort', cancel);
  subscriptions(cancelToken)?.subscribe(cancel);
  const stopTimer =
    timeLeft === undefined
      ? undefined
      : clock.after(Math.max(0, timeLeft), () => controller.abort(timeoutError(config)));
  try {
    return await abandonable(work(controller.signal), controller.signal);
  } finally {
    stopTimer?.();
    signal?.removeEventListener?.('abort', cancel);
    subscriptions(cancelToken)?.unsubscribe(cancel);
  }
}

/** The error that axios makes for a timeout. */
export function timeoutError(config: InternalAxiosRequestConfig): AxiosError {
  return new AxiosError(
    timeoutMessage(config),
    config.transitional?.clarifyTimeoutError ? AxiosError.ETIMEDOUT : AxiosError.ECONNABORTED,
    config,
  );
}

export function timeoutMessage({ timeout, timeoutErrorMessage }: AxiosRequestConfig): string {
  return timeoutErrorMessage || `timeout of ${timeout}ms exceeded`;
}

interface Subscriptions {
  subscribe(listener: () => void): void;
  unsubscribe(listener: () => void): void;
}

/** axios omits these methods of a CancelToken from its types. */
function subscriptions(cancelToken: object | undefined): Subscriptions | undefined {
  return cancelToken as Subscriptions | undefined;
}

/** Whether a promise is still pending after one turn of the event loop. */
export function isPending(work: Promise<unknown>): Promise<boolean> {
  const settled = () => false;
  return Promise.race([
    work.then(settled, settled),
    new Promise<boolean>((resolve) => setImmediate(resolve, true)),
  ]);
}

import {
  AxiosError,
  CanceledError,
  type AxiosRequestConfig,
  type InternalAxiosRequestConfig,
} from 'axios';

import type { Clock } from '../util/clock.js';
import { abandonable } from '../util/waiting.js';

/**
 * Runs `work` with a signal that aborts as soon as the caller is gone: by its AbortSignal, its
 * CancelToken (which is how an HttpService unsubscribes) or its timeout. What others share goes on.
 *
 * @param timeLeft milliseconds of the caller's timeout that are left; `undefined` if it has none
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

/** The error that axios itself would have made. */
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

/** axios leaves these two methods of its CancelToken out of its types. */
function subscriptions(cancelToken: object | undefined): Subscriptions | undefined {
  return cancelToken as Subscriptions | undefined;
}

import type { AxiosInstance } from 'axios';

/** Makes a config safe to be sent; returns the same object where it can. */
export type Guard = (config: object) => object;

type Step = (this: unknown, value: unknown) => unknown;

/** A request interceptor as axios keeps it. */
interface Handler {
  readonly fulfilled: Step | null | undefined;
  readonly rejected: Step | null | undefined;
  readonly synchronous: boolean;
}

/** The part of axios's InterceptorManager that its types leave out. */
interface Manager {
  forEach(visit: (handler: Handler) => void): void;
}

/**
 * Applies a guard to the config of every request before the first interceptor and after each one. An
 * interceptor of our own could not: others may run after it, whichever way axios orders them.
 *
 * @returns a function that undoes it
 */
export function guardRequests({ interceptors }: AxiosInstance, guard: Guard): () => void {
  const manager = interceptors.request as unknown as Manager;
  const before = Object.getOwnPropertyDescriptor(manager, 'forEach');
  const visitAll = manager.forEach.bind(manager);
  const first: Handler = { fulfilled: guarded(guard), rejected: undefined, synchronous: true };
  // axios asks for all interceptors with each request.
  const guardedForEach: Manager['forEach'] = (visit) => {
    const handlers: Handler[] = [];
    visitAll((handler) => handlers.push(handler));
    visit(first);
    for (const handler of handlers) {
      const fulfilled = handler.fulfilled && guarded(guard, handler.fulfilled);
      const rejected = handler.rejected && guarded(guard, handler.rejected);
      visit({ ...handler, fulfilled, rejected });
    }
    // axios runs them in the order of the visits or backwards.
    if (handlers.length > 0) visit(first);
  };
  manager.forEach = guardedForEach;
  return () => {
    if (manager.forEach !== guardedForEach) return;
    if (before) Object.defineProperty(manager, 'forEach', before);
    else Reflect.deleteProperty(manager, 'forEach');
  };
}

function guarded(guard: Guard, step: Step = (value) => value): Step {
  const check = (value: unknown) =>
    typeof value === 'object' && value !== null ? guard(value) : value;
  return function (value) {
    let result: unknown;
    try {
      result = step.call(this, value);
    } catch (error) {
      // If the interceptor's own handler recovers, axios sends the config that it was given.
      if (!(value instanceof Error)) check(value);
      throw error;
    }
    return isThenable(result) ? result.then(check) : check(result);
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
}

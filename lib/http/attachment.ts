import { isProxy } from 'node:util/types';

import axios, {
  type AxiosAdapter,
  type AxiosInstance,
  type AxiosRequestConfig,
  type AxiosRequestTransformer,
  type InternalAxiosRequestConfig,
} from 'axios';

import { OAuth2ClientError } from '../core/errors.js';
import { type AdapterContext, bearerAdapter } from './bearer-adapter.js';
import { copyConfig } from './request-config.js';

const ATTACHED = Symbol.for('nestjs-oauth2-client:attached');

/**
 * Puts the token into the requests of an axios instance. The returned function undoes this.
 *
 * @throws {OAuth2ClientError} `CONFIGURATION_INVALID` for axios's process-wide default instance,
 * which all libraries share, and for an instance that is attached already
 */
export function attach(instance: AxiosInstance, context: AdapterContext): () => void {
  refuseUnattachable(instance, context.bound);
  const wrappers = new WeakMap<AxiosAdapter, AxiosAdapter>();
  let attached = true;
  const wrap: Wrap = (adapter) => {
    const known = typeof adapter === 'function' ? wrappers.get(adapter) : undefined;
    if (known) return known;
    const inner: AxiosAdapter = (config) => resolveAdapter(adapter, config)(config);
    const bearer = bearerAdapter(context, inner);
    const wrapper: AxiosAdapter = (config) => (attached ? bearer : inner)(config);
    wrappers.set(wrapper, wrapper);
    if (typeof adapter === 'function') wrappers.set(adapter, wrapper);
    return wrapper;
  };

  const before = instance.defaults.adapter;
  const wrapped = wrap(before);
  instance.defaults.adapter = wrapped;
  // A request or a test library may set another adapter, which gets the wrapper too.
  const release = guardRequests(instance, adapterGuard(wrap));
  Object.defineProperty(instance, ATTACHED, { value: true, configurable: true });

  return () => {
    attached = false;
    release();
    if (instance.defaults.adapter === wrapped) instance.defaults.adapter = before;
    delete (instance as { [ATTACHED]?: true })[ATTACHED];
  };
}

/** Headers that do not identify the sender. */
const NEUTRAL_HEADERS = new Set(['accept', 'content-type', 'user-agent']);

/** Removes the process-wide defaults that `axios.create` copies and that identify a client of another API. */
export function dropInherited({ defaults }: AxiosInstance): void {
  for (const name of ['auth', 'params', 'baseURL', 'socketPath'] as const) delete defaults[name];
  for (const bucket of [defaults.headers, ...Object.values(defaults.headers)]) {
    if (typeof bucket !== 'object' || bucket === null) continue;
    for (const [name, value] of Object.entries(bucket)) {
      const isBucket = typeof value === 'object' && value !== null;
      if (!isBucket && !NEUTRAL_HEADERS.has(name.toLowerCase()))
        Reflect.deleteProperty(bucket, name);
    }
  }
}

/** Why an instance cannot be attached, and what to do instead. The first matching row counts. */
const UNATTACHABLE: readonly (readonly [
  matches: (instance: Partial<AxiosInstance>) => boolean,
  reason: string,
  hint: string,
])[] = [
  [
    ({ defaults, interceptors }) => !defaults || !interceptors?.request,
    '`attach()` was called with something that is not an axios instance.',
    'Give it an instance that `axios.create()` has made, or the `axiosRef` of an HttpService.',
  ],
  [
    // Recognised by structure, because the ESM and the CommonJS build of axios each have a default instance.
    (instance) => 'Axios' in instance && 'create' in instance,
    'The process-wide default axios instance cannot be attached: every library uses it.',
    'Attach an instance of your own, made with `axios.create()` or `HttpModule.register({})`.',
  ],
  [
    (instance) => ATTACHED in instance,
    'This axios instance is attached already.',
    'Detach it first.',
  ],
];

function refuseUnattachable(instance: unknown, bound: string | undefined): void {
  const given = typeof instance === 'function' || typeof instance === 'object' ? instance : null;
  const row = UNATTACHABLE.find(([matches]) => matches(given ?? {}));
  if (!row) return;
  const [, reason, hint] = row;
  const provider = bound ?? 'OAuth2ClientModule';
  const [code, stage] = ['CONFIGURATION_INVALID', 'configuration'] as const;
  throw new OAuth2ClientError({ code, provider, stage, reason, hint });
}

/** Wraps an adapter, unless it is a wrapper already. */
export type Wrap = (adapter: AxiosRequestConfig['adapter']) => AxiosAdapter;

/**
 * Wraps the adapter of a config, whatever kind of object an interceptor returned. Functions that transform the body
 * run later and may set another adapter, so a last transformation wraps it again.
 */
export function adapterGuard(wrap: Wrap): Guard {
  const rewrap: AxiosRequestTransformer = function (data: unknown) {
    this.adapter = wrap(this.adapter);
    return data;
  };
  return (given) => {
    const config: AxiosRequestConfig = isOrdinary(given) ? given : copyConfig(given);
    const adapter = wrap(config.adapter);
    if (config.adapter !== adapter) config.adapter = adapter;
    const { transformRequest } = config;
    if (transformRequest && !isOfAxios(transformRequest)) {
      const others = [transformRequest].flat().filter((transform) => transform !== rewrap);
      config.transformRequest = [...others, rewrap];
    }
    return config;
  };
}

/** Whether the members of a config are plain data and can be set. */
function isOrdinary(config: object): boolean {
  if (isProxy(config) || !Object.isExtensible(config)) return false;
  return ['adapter', 'transformRequest'].every((name) => {
    const descriptor = Object.getOwnPropertyDescriptor(config, name);
    return descriptor === undefined ? !(name in config) : descriptor.writable === true;
  });
}

/** Whether axios's own transformation is the only one. */
function isOfAxios(transforms: AxiosRequestTransformer | AxiosRequestTransformer[]): boolean {
  const [first, ...others] = Array.isArray(transforms) ? transforms : [transforms];
  const [own] = [axios.defaults.transformRequest].flat();
  return first === own && others.length === 0;
}

/** Checks a config before it is sent. Returns the same object if possible. */
export type Guard = (config: object) => object;

type Step = (this: unknown, value: unknown) => unknown;

/** A request interceptor as axios stores it. */
interface Handler {
  readonly fulfilled: Step | null | undefined;
  readonly rejected: Step | null | undefined;
  readonly synchronous: boolean;
}

/** The part of axios's InterceptorManager that its types omit. */
interface Manager {
  forEach(visit: (handler: Handler) => void): void;
}

/**
 * Applies a guard to the config of every request before the first interceptor and after each one. An interceptor
 * could not do this, because others may run after it in whichever order axios uses.
 *
 * @returns a function that undoes this
 */
export function guardRequests({ interceptors }: AxiosInstance, guard: Guard): () => void {
  const manager = interceptors.request as unknown as Manager;
  const before = Object.getOwnPropertyDescriptor(manager, 'forEach');
  const visitAll = manager.forEach.bind(manager);
  const first: Handler = { fulfilled: guarded(guard), rejected: undefined, synchronous: true };
  // axios calls this for each request.
  const guardedForEach: Manager['forEach'] = (visit) => {
    const handlers: Handler[] = [];
    visitAll((handler) => handlers.push(handler));
    visit(first);
    for (const handler of handlers) {
      const fulfilled = handler.fulfilled && guarded(guard, handler.fulfilled);
      const rejected = handler.rejected && guarded(guard, handler.rejected);
      visit({ ...handler, fulfilled, rejected });
    }
    // axios runs interceptors in the order of these calls or in reverse.
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
      // If the interceptor's error handler recovers, axios sends the config that the interceptor was given.
      if (!(value instanceof Error)) check(value);
      throw error;
    }
    return isThenable(result) ? result.then(check) : check(result);
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
}

/** The function for the name of an adapter, as axios chooses it. */
function resolveAdapter(
  adapter: InternalAxiosRequestConfig['adapter'],
  config: InternalAxiosRequestConfig,
): AxiosAdapter {
  if (typeof adapter === 'function') return adapter;
  const pick = axios.getAdapter as (adapters: unknown, config: unknown) => AxiosAdapter;
  return pick(adapter ?? axios.defaults.adapter, config);
}

import type { AxiosAdapter, AxiosInstance } from 'axios';

import { OAuth2ClientError } from '../core/errors.js';
import { adapterGuard, type Wrap } from './adapter-guard.js';
import { bearerAdapter, resolveAdapter, type AdapterContext } from './bearer-adapter.js';
import { guardRequests } from './request-interceptors.js';

const ATTACHED = Symbol.for('nestjs-oauth2-client:attached');

/**
 * Puts the token into the requests of an axios instance, until the returned function is called.
 *
 * @throws {OAuth2ClientError} `CONFIGURATION_INVALID` for axios's process-wide default instance,
 * which every other library uses, too, and for an instance that is attached already
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
  // Another adapter, of the request's own or put in by a test library, goes under the wrapper, too.
  const release = guardRequests(instance, adapterGuard(wrap));
  Object.defineProperty(instance, ATTACHED, { value: true, configurable: true });

  return () => {
    attached = false;
    release();
    if (instance.defaults.adapter === wrapped) instance.defaults.adapter = before;
    delete (instance as { [ATTACHED]?: true })[ATTACHED];
  };
}

/** Headers that describe the body and not who sends it. */
const NEUTRAL_HEADERS = new Set(['accept', 'content-type', 'user-agent']);

/** `axios.create` copies the process-wide defaults: what identifies another API's client is taken out. */
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

/** Why an instance cannot be attached, and what to do instead. The first row that fits. */
const UNATTACHABLE: readonly (readonly [
  fits: (instance: Partial<AxiosInstance>) => boolean,
  reason: string,
  hint: string,
])[] = [
  [
    ({ defaults, interceptors }) => !defaults || !interceptors?.request,
    '`attach()` was called with something that is not an axios instance.',
    'Give it an instance that `axios.create()` has made, or the `axiosRef` of an HttpService.',
  ],
  [
    // By structure: the ESM and the CommonJS build of axios each have a default instance of their own.
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
  const row = UNATTACHABLE.find(([fits]) => fits(given ?? {}));
  if (!row) return;
  const [, reason, hint] = row;
  const provider = bound ?? 'OAuth2ClientModule';
  const [code, stage] = ['CONFIGURATION_INVALID', 'configuration'] as const;
  throw new OAuth2ClientError({ code, provider, stage, reason, hint });
}

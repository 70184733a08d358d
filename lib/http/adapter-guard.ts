import { isProxy } from 'node:util/types';

import axios, {
  type AxiosAdapter,
  type AxiosRequestConfig,
  type AxiosRequestTransformer,
} from 'axios';

import { copyOf } from './config-copy.js';
import type { Guard } from './request-interceptors.js';

/** Puts the wrapper around an adapter, unless it is there already. */
export type Wrap = (adapter: AxiosRequestConfig['adapter']) => AxiosAdapter;

/**
 * Has the adapter of every config wrapped, whatever kind of object an interceptor has returned. The
 * functions that transform the body run later and may set an adapter: after them it is wrapped again.
 */
export function adapterGuard(wrap: Wrap): Guard {
  const rewrap: AxiosRequestTransformer = function (data: unknown) {
    this.adapter = wrap(this.adapter);
    return data;
  };
  return (given) => {
    const config: AxiosRequestConfig = isOrdinary(given) ? given : copyOf(given);
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

/** Whether a config holds its members as they are and lets them be set. */
function isOrdinary(config: object): boolean {
  if (isProxy(config) || !Object.isExtensible(config)) return false;
  return ['adapter', 'transformRequest'].every((name) => {
    const descriptor = Object.getOwnPropertyDescriptor(config, name);
    return descriptor === undefined ? !(name in config) : descriptor.writable === true;
  });
}

/** Whether a body is transformed by nothing but axios itself. */
function isOfAxios(transforms: AxiosRequestTransformer | AxiosRequestTransformer[]): boolean {
  const [first, ...others] = Array.isArray(transforms) ? transforms : [transforms];
  const [own] = [axios.defaults.transformRequest].flat();
  return first === own && others.length === 0;
}

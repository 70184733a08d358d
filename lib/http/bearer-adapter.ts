import axios, {
  type AxiosAdapter,
  type AxiosPromise,
  type InternalAxiosRequestConfig,
} from 'axios';

import { OAuth2ClientError } from '../core/errors.js';
import { BearerCall, type BearerContext } from './bearer-call.js';
import { withoutPrototype } from './config-copy.js';
import { connected, type Connection } from './connection.js';
import { detached } from './detached-stream.js';
import { isSent } from './headers.js';
import { hasOwnCredentials } from './own-credentials.js';
import { readRequestOptions, type RequestOAuth2Options } from './request-options.js';
import { scrub } from './scrubbing.js';

/** What a {@link bearerAdapter} works with. */
export interface AdapterContext extends BearerContext {
  /** The provider that the HttpService is bound to. */
  readonly bound: string | undefined;
  /** How requests to nobody's API are connected. */
  readonly connection: Connection;
}

/**
 * Wraps an adapter: requests to a known API leave with its token, all others untouched. The last
 * thing to see the URL, the wrapper decides by the URL that is really sent.
 */
export function bearerAdapter(context: AdapterContext, inner: AxiosAdapter): AxiosAdapter {
  const serve: AxiosAdapter = (config) => {
    if (isSent(config.headers)) return inner(config);
    const options = readRequestOptions(config, context.bound);
    if (options === false) return plainly(config, context.connection, inner);
    const route = context.directory.route(config, options?.provider, context.bound);
    if (!route) {
      if (options) throw notOwned(options);
      return plainly(config, context.connection, inner);
    }
    const { api, url } = route;
    if (url && hasOwnCredentials(config, url, api.presentation.header)) {
      return plainly(config, api.connection, inner);
    }
    if (config.transport) throw transportRefused(api.provider);
    return new BearerCall(context, inner, config, route, options).start();
  };
  return (config) => {
    try {
      return serve(withoutPrototype(config));
    } catch (error) {
      const failure = error as Error;
      return Promise.reject(failure);
    }
  };
}

/** Sends a request that carries no token of ours; the connection may know the token of another. */
async function plainly(
  config: InternalAxiosRequestConfig,
  connection: Connection,
  inner: AxiosAdapter,
): AxiosPromise {
  const sent = connected(config, connection);
  sent.data = detached(config.data);
  try {
    return scrub(await inner(sent), config);
  } catch (error) {
    throw scrub(error, config);
  }
}

function transportRefused(provider: string): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'REQUEST_INVALID',
    provider,
    stage: 'api request',
    reason: 'The request has a `transport` of its own, which may follow redirects unseen.',
    hint: 'Leave `transport` out, or send the request without a token: `oauth2: false`.',
  });
}

function notOwned(options: RequestOAuth2Options): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'URL_NOT_OWNED',
    provider: options.provider ?? 'OAuth2ClientModule',
    stage: 'api request',
    reason: 'The request asks for a token, but its URL belongs to no provider.',
    hint: 'Correct the URL, add its origin to `origins`, or leave the `oauth2` option out.',
  });
}

/** The function behind an adapter's name, as axios picks it. */
export function resolveAdapter(
  adapter: InternalAxiosRequestConfig['adapter'],
  config: InternalAxiosRequestConfig,
): AxiosAdapter {
  if (typeof adapter === 'function') return adapter;
  const pick = axios.getAdapter as (adapters: unknown, config: unknown) => AxiosAdapter;
  return pick(adapter ?? axios.defaults.adapter, config);
}

import axios, {
  type AxiosAdapter,
  type AxiosPromise,
  type InternalAxiosRequestConfig,
} from 'axios';

import { OAuth2ClientError } from '../core/errors.js';
import { tryUrl } from '../util/urls.js';
import { BearerCall, type BearerContext } from './bearer-call.js';
import { withoutPrototype } from './config-copy.js';
import { connected, type Connection } from './connection.js';
import { detached } from './detached-stream.js';
import { isSent } from './headers.js';
import { hasOwnCredentials } from './own-credentials.js';
import { readRequestOptions } from './request-options.js';
import { joinUrl } from './request-url.js';
import { ofNobody, withoutBase } from './route-errors.js';
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
      if (options) throw ofNobody(options.provider, joinUrl(config));
      return plainly(config, context.connection, inner).catch((error: unknown) => {
        throw isBaseMissing(error, config)
          ? withoutBase(joinUrl(config), context.directory.names)
          : error;
      });
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

/**
 * Whether a request failed because its URL has no host. It is sent nevertheless, since an adapter of the caller's
 * own may take such a URL.
 */
function isBaseMissing(error: unknown, config: InternalAxiosRequestConfig): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message } = error as { code?: unknown; message?: unknown };
  const isInvalid =
    code === 'ERR_INVALID_URL' || /^(Invalid|Failed to parse) URL/.test(String(message));
  return isInvalid && tryUrl(joinUrl(config)) === undefined;
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

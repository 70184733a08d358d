import axios, {
  type AxiosAdapter,
  type AxiosPromise,
  type InternalAxiosRequestConfig,
} from 'axios';

import { tryUrl } from '../util/urls.js';
import { BearerCall, type BearerContext } from './bearer-call.js';
import { customTransport, noBaseURL, ownedByNobody } from './errors.js';
import {
  bodyToSend,
  hasOwnCredentials,
  isSent,
  readRequestOptions,
  withConnection,
  withoutPrototype,
  type Connection,
} from './request-config.js';
import { joinUrl } from './request-url.js';
import { scrub } from './response.js';

/** What a {@link bearerAdapter} works with. */
export interface AdapterContext extends BearerContext {
  /** The provider that the HttpService is bound to. */
  readonly bound: string | undefined;
  /** Agents and proxy of requests to no known API. */
  readonly connection: Connection;
}

/**
 * Wraps an adapter: requests to a known API get its token, all others pass unchanged. The adapter is the last to
 * see the URL, so the wrapper checks the URL that is sent.
 */
export function bearerAdapter(context: AdapterContext, inner: AxiosAdapter): AxiosAdapter {
  const serve: AxiosAdapter = (config) => {
    if (isSent(config.headers)) return inner(config);
    const options = readRequestOptions(config, context.bound);
    if (options === false) return sendPlain(config, context.connection, inner);
    const route = context.directory.route(config, options?.provider, context.bound);
    if (!route) {
      if (options) throw ownedByNobody(options.provider, joinUrl(config));
      return sendPlain(config, context.connection, inner).catch((error: unknown) => {
        throw hasNoHost(error, config)
          ? noBaseURL(joinUrl(config), context.directory.names)
          : error;
      });
    }
    const { api, url } = route;
    if (url && hasOwnCredentials(config, url, api.use.header)) {
      return sendPlain(config, api.connection, inner);
    }
    if (config.transport) throw customTransport(api.provider);
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

/** Sends a request without our token. It is scrubbed too: its agent may lead to the token of another request. */
async function sendPlain(
  config: InternalAxiosRequestConfig,
  connection: Connection,
  inner: AxiosAdapter,
): AxiosPromise {
  const sent = withConnection(config, connection);
  sent.data = bodyToSend(config.data);
  try {
    return scrub(await inner(sent), config);
  } catch (error) {
    throw scrub(error, config);
  }
}

/**
 * Whether a request failed because its URL has no host. This is not checked before, because an adapter of the caller
 * may accept such a URL.
 */
function hasNoHost(error: unknown, config: InternalAxiosRequestConfig): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message } = error as { code?: unknown; message?: unknown };
  const isInvalid =
    code === 'ERR_INVALID_URL' || /^(Invalid|Failed to parse) URL/.test(String(message));
  return isInvalid && tryUrl(joinUrl(config)) === undefined;
}

/** The function for the name of an adapter, as axios chooses it. */
export function resolveAdapter(
  adapter: InternalAxiosRequestConfig['adapter'],
  config: InternalAxiosRequestConfig,
): AxiosAdapter {
  if (typeof adapter === 'function') return adapter;
  const pick = axios.getAdapter as (adapters: unknown, config: unknown) => AxiosAdapter;
  return pick(adapter ?? axios.defaults.adapter, config);
}

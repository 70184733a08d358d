import axios, {
  type AxiosAdapter,
  type AxiosPromise,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';

import type { Clock } from '../core/clock.js';
import type { TokenSet } from '../core/token-set.js';
import type { TokenTarget } from '../core/token-target.js';
import type { ApiDirectory, Route } from './api-directory.js';
import { timeoutError, timeoutMessage, whileCallerWaits } from './caller.js';
import { exposesToProxies, refuseProxy } from './proxy-safety.js';
import { guardRedirects } from './redirects.js';
import { discard, mayReplay, rejectsToken } from './replay.js';
import { scrubError, scrubResponse } from './scrubbing.js';

/** What one request says about its token. */
export interface RequestOAuth2Options extends TokenTarget {
  /** Whose token to send, where the URL leaves a choice. */
  readonly provider?: string | undefined;
}

/** What a {@link bearerAdapter} works with. */
export interface BearerContext {
  readonly directory: ApiDirectory;
  /** The provider that the HttpService is bound to. */
  readonly bound: string | undefined;
  readonly clock: Clock;
}

/**
 * Wraps an adapter: requests to a known API leave with its token, all others untouched. The last
 * thing to see the URL, the wrapper decides by the URL that is really sent.
 */
export function bearerAdapter(context: BearerContext, inner: AxiosAdapter): AxiosAdapter {
  const exposed = exposesToProxies();
  return (config) => {
    const options = requestOptions(config);
    if (options === false) return inner(config);
    const route = context.directory.route(config, options?.provider, context.bound);
    if (!route || hasOwnCredentials(config, route)) return inner(config);
    if (exposed) refuseProxy(route.api.provider, route.url.href, config.proxy);
    return new BearerCall(context, inner, config, route, options).start();
  };
}

/** A caller's own credentials win (RFC 6750 §2: one way to authenticate per request). */
function hasOwnCredentials(config: InternalAxiosRequestConfig, { url }: Route): boolean {
  return config.headers.has('Authorization') || Boolean(config.auth) || url.hasUserinfo;
}

function requestOptions(config: object): RequestOAuth2Options | false | undefined {
  return (config as { oauth2?: RequestOAuth2Options | false }).oauth2;
}

/** One request with a token. */
class BearerCall {
  readonly #original: Partial<InternalAxiosRequestConfig>;
  readonly #startedAt: number;
  /** A redirect has led elsewhere, so that a 401 says nothing about the token. */
  #lostToken = false;

  constructor(
    private readonly context: BearerContext,
    private readonly inner: AxiosAdapter,
    private readonly config: InternalAxiosRequestConfig,
    private readonly route: Route,
    private readonly target: TokenTarget | undefined,
  ) {
    const { url, allowAbsoluteUrls, timeout, timeoutErrorMessage } = config;
    const { beforeRedirect, fetchOptions } = config;
    this.#original = {
      url,
      allowAbsoluteUrls,
      timeout,
      timeoutErrorMessage,
      beforeRedirect,
      fetchOptions,
    };
    this.#startedAt = timeout ? context.clock.monotonic() : 0;
  }

  /** With a token in memory, the request is sent before this returns. */
  start(): AxiosPromise {
    const { tokens } = this.route.api;
    const token = tokens.peek(this.target);
    if (token) return this.#first(token);
    return this.#wait((signal) => tokens.getToken({ ...this.target, signal })).then((obtained) =>
      this.#first(obtained),
    );
  }

  #first(token: TokenSet): AxiosPromise {
    return this.#send(token).then(
      (response) => (rejectsToken(response) ? this.#recover(token, response) : response),
      (error: unknown) => {
        const { response } = error as { response?: AxiosResponse };
        if (rejectsToken(response)) return this.#recover(token, response, error as Error);
        throw error;
      },
    );
  }

  /** After a 401: one shared renewal, one replay. Where that cannot be, the answer stands. */
  async #recover(sent: TokenSet, response: AxiosResponse, error?: Error): Promise<AxiosResponse> {
    const { tokens, replay } = this.route.api;
    const answer = () => (error ? Promise.reject(error) : response);
    if (this.#lostToken) return answer();
    if (!mayReplay(replay, this.config.method, this.config.data)) {
      tokens.renew(sent, this.target).catch(() => {}); // for the next request; its failure is told there
      return answer();
    }
    let renewed: TokenSet | undefined;
    try {
      renewed = await this.#wait((signal) => tokens.renew(sent, { ...this.target, signal }));
      if (renewed.accessToken === sent.accessToken) return await answer();
    } finally {
      if (renewed?.accessToken !== sent.accessToken) discard(response);
    }
    return this.#send(renewed);
  }

  async #send(token: TokenSet): AxiosPromise {
    const { config } = this;
    this.#prepare(token);
    try {
      const response = await this.inner(config);
      this.#restore();
      scrubResponse(response, config);
      return response;
    } catch (error) {
      this.#restore();
      scrubError(error, config);
      throw error;
    }
  }

  #prepare(token: TokenSet): void {
    const { config, route } = this;
    const timeLeft = this.#timeLeft();
    if (timeLeft !== undefined && timeLeft <= 0) throw timeoutError(config);
    if (timeLeft !== undefined) {
      config.timeoutErrorMessage = timeoutMessage(config);
      config.timeout = timeLeft;
    }
    config.url = route.url.href;
    config.allowAbsoluteUrls = true;
    config.beforeRedirect = guardRedirects(
      (url) => this.context.directory.owns(route.api, url),
      () => (this.#lostToken = true),
      this.#original.beforeRedirect,
    );
    // The fetch adapter has no such hook: a redirect is left to the caller.
    config.fetchOptions = { ...this.#original.fetchOptions, redirect: 'manual' };
    config.headers.set('Authorization', token.authorization);
  }

  /** The config goes back to the caller as it came, for its logs and its own retries. */
  #restore(): void {
    Object.assign(this.config, this.#original);
    this.config.headers.delete('Authorization');
  }

  #timeLeft(): number | undefined {
    const { timeout } = this.#original;
    return timeout
      ? Math.ceil(timeout - (this.context.clock.monotonic() - this.#startedAt))
      : undefined;
  }

  #wait<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return whileCallerWaits(this.config, this.context.clock, this.#timeLeft(), work);
  }
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

import type { AxiosAdapter, AxiosPromise, AxiosResponse, InternalAxiosRequestConfig } from 'axios';

import { tryUrl } from '../util/urls.js';
import { customTransport, noBaseURL, ownedByNobody, withAccountLabel } from './errors.js';
import {
  bodyToSend,
  type Connection,
  hasOwnCredentials,
  isSent,
  readRequestOptions,
  type RequestOAuth2Options,
  withConnection,
  withoutPrototype,
} from './request-config.js';
import { joinUrl } from './request-url.js';
import { discard, rejectsToken, scrub } from './response.js';
import type { TokenSet } from '../core/token-set.js';
import { accountOf, type TokenTarget } from '../core/token-target.js';
import { type Clock, LONGEST_TIMER } from '../util/clock.js';
import type { ApiDirectory, Route } from './api-directory.js';
import { authorized, type Unauthorized } from './authorized-request.js';
import { isPending, timeoutError, timeoutMessage, whileCallerWaits } from './caller-wait.js';
import type { RequestEvents } from './request-events.js';
import { mayRetry } from './retry.js';
import { mayStreamJson, readJsonStream } from './streamed-response.js';

/** What a {@link bearerAdapter} works with. */
export interface AdapterContext {
  readonly directory: ApiDirectory;
  readonly clock: Clock;
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

/** One request with a token: it is sent, and after a 401 it is sent once more. */
class BearerCall implements Unauthorized {
  readonly target: TokenTarget | undefined;
  /** Made before the wait for a token: a stream that fails before anyone listens ends the process. */
  readonly body: unknown;
  lostToken = false;
  readonly #startedAt: number;

  constructor(
    readonly context: AdapterContext,
    private readonly inner: AxiosAdapter,
    readonly config: InternalAxiosRequestConfig,
    readonly route: Route,
    options: RequestOAuth2Options | undefined,
  ) {
    const { provider, subject } = route.api;
    // Called once: after a wait, the definition's function might return another subject.
    if (options || subject) this.target = accountOf(provider, targetOf(options), subject);
    this.#startedAt = config.timeout ? context.clock.monotonic() : 0;
    this.body = bodyToSend(config.data);
  }

  /** Sends the request before it returns if a token is in memory. */
  start(): AxiosPromise {
    const { tokens, events } = this.route.api;
    const token = tokens.peek(this.target);
    if (token) {
      if (isObserved(events)) events.authorized(this.target);
      return this.#send(token, true);
    }
    const obtained = this.#wait((signal) => tokens.getToken({ ...this.target, signal }));
    if (isObserved(events)) events.waits(this.target, obtained);
    return obtained.then((waited) => this.#send(waited, true));
  }

  /** After a 401: joins the shared renewal and sends the request once more, or returns the 401. */
  async #recover(sent: TokenSet, response: AxiosResponse, error?: Error): Promise<AxiosResponse> {
    const { tokens, retry, events } = this.route.api;
    const original = () => (error ? Promise.reject(error) : response);
    if (isObserved(events)) events.rejected(this.target);
    if (this.lostToken) return original();
    if (!mayRetry(retry, this.config.method, this.config.data)) {
      tokens.renew(sent, this.target).catch(() => {}); // the next request gets the token or the failure
      return original();
    }
    const renewal = this.#wait((signal) => tokens.renew(sent, { ...this.target, signal }));
    // A streamed response holds a connection that the renewal may need.
    const isDiscarded = this.config.responseType === 'stream' && (await isPending(renewal));
    if (isDiscarded) discard(response);
    let renewed: TokenSet | undefined;
    try {
      renewed = await renewal;
      if (!isDiscarded && renewed.accessToken === sent.accessToken) return await original();
    } finally {
      if (renewed?.accessToken !== sent.accessToken) discard(response);
    }
    const repeated = this.#send(renewed, false);
    if (isObserved(events)) events.repeats(this.target, this.config.method, repeated);
    return repeated;
  }

  /** Makes one promise beside the adapter's own. */
  #send(token: TokenSet, mayRecover: boolean): AxiosPromise {
    const { config, inner, route } = this;
    const hidesQuery = route.api.use.changesQuery;
    const scrubbed = (error: unknown) => scrub(error, config, hidesQuery);
    const request = this.#authorized(token);
    let response: AxiosPromise;
    try {
      response = inner(request);
    } catch (error) {
      throw scrubbed(error);
    }
    return response.then(
      (response) => {
        scrub(response, config, hidesQuery);
        route.api.firstResponse?.note(response.status);
        return mayRecover ? this.#checked(token, response) : response;
      },
      (error: unknown) => {
        const { response } = (scrubbed(error) ?? {}) as { response?: AxiosResponse };
        route.api.firstResponse?.note(response?.status);
        if (mayRecover && response) return this.#checked(token, response, error as Error);
        throw error;
      },
    );
  }

  #authorized(token: TokenSet): InternalAxiosRequestConfig {
    const { config } = this;
    const timeLeft = this.#timeLeft();
    if (timeLeft !== undefined && timeLeft <= 0) throw timeoutError(config);
    let request: InternalAxiosRequestConfig;
    try {
      request = authorized(this, token);
    } catch (error) {
      throw withAccountLabel(error, this.route.api.tokens, this.target);
    }
    if (timeLeft === undefined) return request;
    const timeout = Math.min(timeLeft, LONGEST_TIMER);
    return Object.assign(request, { timeout, timeoutErrorMessage: timeoutMessage(config) });
  }

  /** Recovers if the response rejects the token, else settles as the adapter did. */
  #checked(
    token: TokenSet,
    response: AxiosResponse,
    error?: Error,
  ): AxiosResponse | Promise<AxiosResponse> {
    const { rejected } = this.route.api.use;
    if (rejected?.body && mayStreamJson(response)) {
      return this.#wait(() => readJsonStream(response)).then(
        (body) => this.#settled(rejectsToken(response, rejected, body), token, response, error),
        (reason: unknown) => {
          discard(response);
          throw reason;
        },
      );
    }
    return this.#settled(rejectsToken(response, rejected), token, response, error);
  }

  #settled(isRejected: boolean, token: TokenSet, response: AxiosResponse, error?: Error) {
    if (isRejected) return this.#recover(token, response, error);
    if (error) throw error;
    return response;
  }

  #timeLeft(): number | undefined {
    const timeout = Number(this.config.timeout);
    // axios reports a timeout that is not a number.
    return timeout
      ? Math.ceil(timeout - (this.context.clock.monotonic() - this.#startedAt))
      : undefined;
  }

  #wait<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return whileCallerWaits(this.config, this.context.clock, this.#timeLeft(), work);
  }
}

/** Whether anybody listens. Every request passes here, so nothing else is called. */
function isObserved(events: RequestEvents | undefined): events is RequestEvents {
  if (!events) return false;
  return events.sink.subject.observed || events.sink.channel.hasSubscribers;
}

function targetOf(options: RequestOAuth2Options | undefined): TokenTarget | undefined {
  if (!options) return undefined;
  const { provider: _provider, ...target } = options;
  return target;
}

import axios, {
  Axios,
  type AxiosAdapter,
  type AxiosPromise,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';

import { LONGEST_TIMER, type Clock } from '../util/clock.js';
import { accountOf } from '../core/token-target.js';
import type { TokenSet } from '../core/token-set.js';
import type { TokenTarget } from '../core/token-target.js';
import { ofAccount } from './account-errors.js';
import type { ApiDirectory, Route } from './api-directory.js';
import { timeoutError, timeoutMessage, whileCallerWaits } from './caller.js';
import { connected } from './connection.js';
import { detached } from './detached-stream.js';
import { copyOf, drop, markSent, put, valueOf } from './headers.js';
import { guardRedirects } from './redirects.js';
import { hasOwnCredentials } from './own-credentials.js';
import { notPresented, withQuery, type Credentials } from './presentation.js';
import { rejectsToken } from './rejection.js';
import { discard, mayRetry } from './replay.js';
import type { RequestOAuth2Options } from './request-options.js';
import { scrub } from './scrubbing.js';
import { bodyInStream, mayStreamJson } from './streamed-answer.js';

/** What a {@link BearerCall} works with. */
export interface BearerContext {
  readonly directory: ApiDirectory;
  readonly clock: Clock;
}

/** One request with a token: sent, and after a 401 sent once more. */
export class BearerCall {
  readonly #target: TokenTarget | undefined;
  readonly #startedAt: number;
  /** Made before the wait for a token: a stream that fails meanwhile would end the process. */
  readonly #body: unknown;
  /** A redirect has led elsewhere, so that a 401 says nothing about the token. */
  #lostToken = false;

  constructor(
    private readonly context: BearerContext,
    private readonly inner: AxiosAdapter,
    private readonly config: InternalAxiosRequestConfig,
    private readonly route: Route,
    options: RequestOAuth2Options | undefined,
  ) {
    const { provider, subject } = route.api;
    // Asked once: after a wait, the function of the definition might find another.
    if (options || subject) this.#target = accountOf(provider, targetOf(options), subject);
    this.#startedAt = config.timeout ? context.clock.monotonic() : 0;
    this.#body = detached(config.data);
  }

  /** With a token in memory, the request is sent before this returns. */
  start(): AxiosPromise {
    const { tokens } = this.route.api;
    const token = tokens.peek(this.#target);
    if (token) return this.#send(token, true);
    return this.#wait((signal) => tokens.getToken({ ...this.#target, signal })).then((obtained) =>
      this.#send(obtained, true),
    );
  }

  /** After a 401: one shared renewal, one replay. Where that cannot be, the answer stands. */
  async #recover(sent: TokenSet, response: AxiosResponse, error?: Error): Promise<AxiosResponse> {
    const { tokens, retry } = this.route.api;
    const answer = () => (error ? Promise.reject(error) : response);
    if (this.#lostToken) return answer();
    if (!mayRetry(retry, this.config.method, this.config.data)) {
      tokens.renew(sent, this.#target).catch(() => {}); // for the next request, which is told of a failure
      return answer();
    }
    const renewal = this.#wait((signal) => tokens.renew(sent, { ...this.#target, signal }));
    // A renewal that is really under way may need the connection which a streamed answer holds.
    const isGone = this.config.responseType === 'stream' && (await isPending(renewal));
    if (isGone) discard(response);
    let renewed: TokenSet | undefined;
    try {
      renewed = await renewal;
      if (!isGone && renewed.accessToken === sent.accessToken) return await answer();
    } finally {
      if (renewed?.accessToken !== sent.accessToken) discard(response);
    }
    return this.#send(renewed, false);
  }

  /** One promise beside the adapter's own. */
  #send(token: TokenSet, mayRecover: boolean): AxiosPromise {
    const { config, inner, route } = this;
    const hidesQuery = route.api.presentation.changesQuery;
    const scrubbed = (error: unknown) => scrub(error, config, hidesQuery);
    const sent = this.#prepared(token);
    let answer: AxiosPromise;
    try {
      answer = inner(sent);
    } catch (error) {
      throw scrubbed(error);
    }
    return answer.then(
      (response) => {
        scrub(response, config, hidesQuery);
        route.api.firstAnswer?.note(response.status);
        return mayRecover ? this.#judged(token, response) : response;
      },
      (error: unknown) => {
        const { response } = (scrubbed(error) ?? {}) as { response?: AxiosResponse };
        route.api.firstAnswer?.note(response?.status);
        if (mayRecover && response) return this.#judged(token, response, error as Error);
        throw error;
      },
    );
  }

  #prepared(token: TokenSet): InternalAxiosRequestConfig {
    try {
      return this.#withToken(token);
    } catch (error) {
      throw ofAccount(error, this.route.api.tokens, this.#target);
    }
  }

  /** Recovers if an answer rejects the token; else it stands. */
  #judged(
    token: TokenSet,
    response: AxiosResponse,
    error?: Error,
  ): AxiosResponse | Promise<AxiosResponse> {
    const { rejected } = this.route.api.presentation;
    if (rejected?.body && mayStreamJson(response)) {
      return this.#wait(() => bodyInStream(response)).then(
        (body) => this.#judgedBy(rejectsToken(response, rejected, body), token, response, error),
        (reason: unknown) => {
          discard(response);
          throw reason;
        },
      );
    }
    return this.#judgedBy(rejectsToken(response, rejected), token, response, error);
  }

  #judgedBy(isRejected: boolean, token: TokenSet, response: AxiosResponse, error?: Error) {
    if (isRejected) return this.#recover(token, response, error);
    if (error) throw error;
    return response;
  }

  /** A copy, so that the token is in nothing that others hold. */
  #withToken(token: TokenSet): InternalAxiosRequestConfig {
    const { config, route, context } = this;
    const { api } = route;
    const timeLeft = this.#timeLeft();
    if (timeLeft !== undefined && timeLeft <= 0) throw timeoutError(config);
    const account = { subject: this.#target?.subject, tokens: token };
    const url = context.directory.resolve(api, config, account, route.url);
    const copy = connected(config, api.connection);
    copy.url = url.href;
    copy.data = this.#body;
    copy.allowAbsoluteUrls = true;
    copy.headers = copyOf(config.headers);
    markSent(copy.headers);
    const inherited = axios.defaults.headers.common['Authorization'];
    if (inherited !== undefined && valueOf(copy.headers, 'Authorization') === inherited) {
      drop(copy.headers, 'Authorization');
    }
    if (api.presentation.signs) Object.assign(copy, { url: completeUrl(copy), params: undefined });
    const credentials = this.#credentials(token, copy);
    for (const [name, value] of credentials.headers) put(copy.headers, name, value);
    copy.url = withQuery(copy.url, credentials.query);
    if (copy.auth && valueOf(copy.headers, 'Authorization') !== undefined) copy.auth = undefined;
    copy.beforeRedirect = guardRedirects(() => ({
      mayCarryToken: (href) =>
        context.directory.owns(api, href) && context.directory.isOfAccount(api, href, account),
      credentials: credentials.headers,
      isInUrl: credentials.query.length > 0,
      onLoss: () => (this.#lostToken = true),
      usersOwn: config.beforeRedirect,
    }));
    // The fetch adapter has no such hook: a redirect is left to the caller. Before axios 1.21 its options
    // could replace the headers of the request.
    copy.fetchOptions = { ...config.fetchOptions, headers: undefined, redirect: 'manual' };
    if (timeLeft === undefined) return copy;
    const timeout = Math.min(timeLeft, LONGEST_TIMER);
    return Object.assign(copy, { timeout, timeoutErrorMessage: timeoutMessage(config) });
  }

  #credentials(token: TokenSet, config: InternalAxiosRequestConfig): Credentials {
    const { provider, presentation, tokens } = this.route.api;
    if (hasOwnCredentials(this.config, undefined, presentation.header)) {
      this.#lostToken = true; // only the URL is the token's
      return { headers: [], query: [] };
    }
    try {
      const credentials = presentation.computes ? tokens.credentialsOf?.(this.#target) : undefined;
      return presentation.of(token, { subject: this.#target?.subject, credentials }, config);
    } catch (error) {
      throw notPresented(provider, error);
    }
  }

  #timeLeft(): number | undefined {
    const timeout = Number(this.config.timeout);
    // What is no number is left to axios, which says so.
    return timeout
      ? Math.ceil(timeout - (this.context.clock.monotonic() - this.#startedAt))
      : undefined;
  }

  #wait<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return whileCallerWaits(this.config, this.context.clock, this.#timeLeft(), work);
  }
}

function targetOf(options: RequestOAuth2Options | undefined): TokenTarget | undefined {
  if (!options) return undefined;
  const { provider: _provider, ...target } = options;
  return target;
}

/** What is signed is what is sent: the URL together with the parameters that axios would add. */
function completeUrl(config: InternalAxiosRequestConfig): string {
  return new URL(new Axios({}).getUri(config)).href;
}

/** Whether a promise takes longer than what is known already takes. */
function isPending(work: Promise<unknown>): Promise<boolean> {
  const over = () => false;
  return Promise.race([
    work.then(over, over),
    new Promise<boolean>((resolve) => setImmediate(resolve, true)),
  ]);
}

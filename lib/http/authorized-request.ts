import axios, { Axios, type InternalAxiosRequestConfig } from 'axios';

import type { TokenSet } from '../core/token-set.js';
import type { TokenTarget } from '../core/token-target.js';
import { withQuery } from '../util/encoding.js';
import type { ApiDirectory, Route } from './api-directory.js';
import {
  copyHeaders,
  hasOwnCredentials,
  headerOf,
  markSent,
  removeHeader,
  setHeader,
  withConnection,
} from './request-config.js';
import { notAuthorized, type Credentials } from './token-use.js';

type BeforeRedirect = NonNullable<InternalAxiosRequestConfig['beforeRedirect']>;
type Header = readonly [name: string, value: string];

/** A request that is about to get a token. */
export interface Unauthorized {
  readonly context: { readonly directory: ApiDirectory };
  /** The config that the caller made. */
  readonly config: InternalAxiosRequestConfig;
  readonly route: Route;
  readonly target: TokenTarget | undefined;
  readonly body: unknown;
  /** Set when the token does not reach the API, so that a 401 says nothing about it. */
  lostToken: boolean;
}

/**
 * The config that is sent: a copy of the caller's with the URL, the token and a guard of redirects. It is a copy
 * so that interceptors, errors and responses never hold the token.
 */
export function authorized(request: Unauthorized, token: TokenSet): InternalAxiosRequestConfig {
  const { config, route, context, target, body } = request;
  const { api } = route;
  const account = { subject: target?.subject, tokens: token };
  const url = context.directory.resolve(api, config, account, route.url);
  const copy = withConnection(config, api.connection);
  copy.url = url.href;
  copy.data = body;
  copy.allowAbsoluteUrls = true;
  copy.headers = copyHeaders(config.headers);
  markSent(copy.headers);
  const inherited = axios.defaults.headers.common['Authorization'];
  if (inherited !== undefined && headerOf(copy.headers, 'Authorization') === inherited) {
    removeHeader(copy.headers, 'Authorization');
  }
  if (api.use.signs) Object.assign(copy, { url: completeUrl(copy), params: undefined });
  const credentials = credentialsFor(request, token, copy);
  for (const [name, value] of credentials.headers) setHeader(copy.headers, name, value);
  if (credentials.query.length > 0) copy.url = withQuery(copy.url, credentials.query);
  if (copy.auth && headerOf(copy.headers, 'Authorization') !== undefined) copy.auth = undefined;
  copy.beforeRedirect = guardRedirects(() => ({
    mayCarryToken: (href) =>
      context.directory.owns(api, href) && context.directory.isOfAccount(api, href, account),
    credentials: credentials.headers,
    isInUrl: credentials.query.length > 0,
    onLoss: () => (request.lostToken = true),
    usersOwn: config.beforeRedirect,
  }));
  // The fetch adapter has no such hook, so it follows no redirects. Before axios 1.21 its options could replace
  // the headers of the request.
  copy.fetchOptions = { ...config.fetchOptions, headers: undefined, redirect: 'manual' };
  return copy;
}

/** The URL with its parameters: a signature must cover exactly what axios sends. */
function completeUrl(config: InternalAxiosRequestConfig): string {
  return new URL(new Axios({}).getUri(config)).href;
}

function credentialsFor(
  request: Unauthorized,
  token: TokenSet,
  copy: InternalAxiosRequestConfig,
): Credentials {
  const { provider, use, tokens } = request.route.api;
  const { target } = request;
  if (hasOwnCredentials(request.config, undefined, use.header)) {
    request.lostToken = true; // the token set gives only the base URL
    return { headers: [], query: [] };
  }
  try {
    const credentials = use.computes ? tokens.credentialsOf?.(target) : undefined;
    return use.credentialsFor(token, { subject: target?.subject, credentials }, copy);
  } catch (error) {
    throw notAuthorized(provider, error);
  }
}

/** The options of a redirect that decide where it goes. */
const DESTINATION = ['href', 'protocol', 'hostname', 'host', 'port', 'path', 'socketPath'];

interface RedirectGuard {
  readonly mayCarryToken: (url: string) => boolean;
  /** The headers that come from the token. */
  readonly credentials: readonly Header[];
  /** Whether the token is also in the URL, which a redirect replaces. */
  readonly isInUrl: boolean;
  readonly onLoss: () => void;
  readonly usersOwn: BeforeRedirect | undefined;
}

/**
 * Keeps the token on redirects within its API, and removes it for good at the first redirect that leads
 * elsewhere. The user's hook runs first; a destination that it changes counts as elsewhere.
 *
 * @param guard called at a redirect, because most requests see none
 */
function guardRedirects(guard: () => RedirectGuard): BeforeRedirect {
  let lost = false;
  return (options, ...details) => {
    const { mayCarryToken, credentials, isInUrl, onLoss, usersOwn } = guard();
    const ours = new Set(credentials.map(([name]) => name.toLowerCase()));
    const secret = new Set([...ours, 'authorization']);
    const before = DESTINATION.map((part) => options[part] as unknown);
    usersOwn?.(options, ...details);
    const moved = DESTINATION.some((part, i) => options[part] !== before[i]);
    const href: unknown = options['href'];
    const cookies = cookiesIn(options['headers']);
    removeHeaders(ours, options['headers']);
    lost ||= moved || typeof href !== 'string' || !mayCarryToken(href);
    if (isInUrl) onLoss();
    if (lost) {
      removeHeaders(secret, options['headers']);
      onLoss();
    } else {
      const restored = credentials.map((header) => withCookies(cookies, header));
      Object.assign(options['headers'] as object, Object.fromEntries(restored));
    }
  };
}

/** The cookies that are left after the redirect and the user's hook. */
function cookiesIn(headers: unknown): string[] {
  return Object.entries(headers ?? {})
    .filter(([name]) => name.toLowerCase() === 'cookie')
    .flatMap(([, value]) => String(value).split('; '));
}

/** Only the last cookie of a Cookie header is the token. The redirect decides about the others. */
function withCookies(cookies: readonly string[], [name, value]: Header): Header {
  if (name.toLowerCase() !== 'cookie') return [name, value];
  const token = value.split('; ').at(-1)!;
  return [name, [...cookies.filter((cookie) => cookie !== token), token].join('; ')];
}

/** @param names in lower case */
function removeHeaders(names: ReadonlySet<string>, headers: unknown): void {
  if (typeof headers !== 'object' || headers === null) return;
  for (const name of Object.keys(headers)) {
    if (names.has(name.toLowerCase())) delete (headers as Record<string, unknown>)[name];
  }
}

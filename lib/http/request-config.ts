import axios, { type AxiosHeaderValue, type InternalAxiosRequestConfig } from 'axios';

import { OAuth2ClientError } from '../core/errors.js';
import type { TokenTarget } from '../core/token-target.js';
import { bare } from '../util/memory.js';
import { printable } from '../util/redaction.js';
import { StreamedUpload, type StreamedBody } from './streamed-upload.js';

type Headers = InternalAxiosRequestConfig['headers'];
type Members = Record<string | symbol, unknown>;

/** The `oauth2` option of one request: which provider and account its token belongs to. */
export interface RequestOAuth2Options extends TokenTarget {
  /** Name of the provider. Default: the provider of the HttpService, else the one that owns the URL. */
  readonly provider?: string | undefined;
}

/**
 * The axios options of a connection. Callers never see them in a config: an agent holds the headers of the
 * requests that it is sending, and a printed config prints its agent.
 */
export type Connection = Pick<InternalAxiosRequestConfig, (typeof CONNECTION)[number]>;

const OPTIONS = ['provider', 'subject', 'scope', 'resource'];

const CONNECTION = ['httpAgent', 'httpsAgent', 'proxy'] as const;

const SENT: unique symbol = Symbol.for('nestjs-oauth2-client:sent');

/**
 * The `oauth2` option of a request; `undefined` if it is missing or empty.
 *
 * @throws {OAuth2ClientError} `REQUEST_INVALID`
 */
export function readRequestOptions(
  config: object,
  provider = 'OAuth2ClientModule',
): RequestOAuth2Options | false | undefined {
  const options = (config as { oauth2?: unknown }).oauth2;
  if (options === undefined || options === false) return options;
  if (typeof options !== 'object' || options === null)
    throw invalid(provider, 'it must be an object or false');
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined)
    throw invalid(provider, `\`${printable(unknown, [], 60)}\` is unknown`);
  if (Object.keys(options).length === 0) return undefined;
  return bare(options);
}

function invalid(provider: string, problem: string): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'REQUEST_INVALID',
    provider,
    stage: 'api request',
    reason: `The \`oauth2\` option of the request is not valid: ${problem}.`,
    hint: `It takes ${OPTIONS.join(', ')}.`,
  });
}

const HAS_OWN = Object.freeze({
  __proto__: null,
  ...Object.getOwnPropertyDescriptor(Object.prototype, 'hasOwnProperty'),
});

/**
 * A copy of a config in the form that axios gives to configs: it has no prototype, so that nothing reaches it
 * through `Object.prototype`, and it has a `hasOwnProperty` of its own. The copy owns the members that the
 * config inherits from another object of the caller.
 */
export function copyConfig<T extends object>(config: T): T {
  // V8 keeps this copy in its fast form. A copy made with `Object.create(null)` would be slow.
  const copy = new Bare();
  Object.setPrototypeOf(copy, null);
  Object.defineProperty(copy, 'hasOwnProperty', HAS_OWN);
  const source = config as Members;
  const parent = Object.getPrototypeOf(config) as object | null;
  if (parent !== null && parent !== Object.prototype) Object.assign(copy, copyConfig(parent));
  for (const name of Object.keys(source)) copy[name] = source[name];
  for (const symbol of Object.getOwnPropertySymbols(source)) copy[symbol] = source[symbol];
  return copy as T;
}

const Bare = function () {} as unknown as new () => Members;

/** The config itself if it has no prototype, else a copy without one. */
export function withoutPrototype<T extends object>(config: T): T {
  return Object.getPrototypeOf(config) === null ? config : copyConfig(config);
}

/** axios options without those of the connection. */
export function withoutConnection<T extends object>(options: T | undefined): Partial<T> {
  const entries = Object.entries(options ?? {}) as [keyof T & string, unknown][];
  return Object.fromEntries(entries.filter(([name]) => !isConnection(name))) as Partial<T>;
}

/** The connection in axios options. */
export function connectionOf(options: object | undefined): Connection {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([name]) => isConnection(name)));
}

function isConnection(name: string): boolean {
  return (CONNECTION as readonly string[]).includes(name);
}

/** A copy of a config with the options of a connection, unless the request sets them itself. */
export function withConnection(
  config: InternalAxiosRequestConfig,
  connection: Connection,
): InternalAxiosRequestConfig {
  const copy = copyConfig(config);
  for (const [name, value] of Object.entries(connection) as [string, unknown][]) {
    if (!(name in config)) Object.assign(copy, { [name]: value });
  }
  return copy;
}

/** The body to send: a stream is read without a pipe (see {@link StreamedUpload}); any other body stays. */
export function bodyToSend(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  const { pipe, on } = body as Partial<StreamedBody>;
  const isStream = typeof pipe === 'function' && typeof on === 'function';
  return isStream ? new StreamedUpload(body as StreamedBody) : body;
}

/** A copy of headers that axios has normalised. `AxiosHeaders.concat` would normalise them again. */
export function copyHeaders(headers: Headers): Headers {
  return Object.assign(Object.create(Object.getPrototypeOf(headers) as object) as Headers, headers);
}

/** Marks a request that has its token: its adapter may lead to another wrapper, which must not add one. */
export function markSent(headers: Headers): void {
  (headers as Headers & { [SENT]?: true })[SENT] = true;
}

export function isSent(headers: Headers): boolean {
  return SENT in headers;
}

/** The value of a header. Names match in any case. */
export function headerOf(headers: Headers, name: string): AxiosHeaderValue | undefined {
  const spelled = spelling(headers, name);
  return spelled === undefined ? undefined : (headers[spelled] as AxiosHeaderValue);
}

/** Sets a header in place of any other spelling of its name. The value must be a valid header value. */
export function setHeader(headers: Headers, name: string, value: string): void {
  headers[spelling(headers, name) ?? name] = value;
}

/** Removes a header. Names match in any case. */
export function removeHeader(headers: Headers, name: string): void {
  const spelled = spelling(headers, name);
  if (spelled !== undefined) delete headers[spelled];
}

function spelling(headers: Headers, name: string): string | undefined {
  for (const key of Object.keys(headers)) {
    if (key.length === name.length && key.toLowerCase() === name.toLowerCase()) return key;
  }
  return undefined;
}

/**
 * Whether the caller set credentials itself, which win: a request authenticates in one way (RFC 6750 §2).
 *
 * @param header the header that would carry the token; `undefined` if none would
 */
export function hasOwnCredentials(
  { headers, auth }: InternalAxiosRequestConfig,
  url: { readonly hasUserinfo: boolean } | undefined,
  header: string | undefined,
): boolean {
  if (header === undefined) return false;
  const own = headerOf(headers, header);
  const inherited = axios.defaults.headers.common[header];
  if (typeof own === 'string' && own !== '' && own !== inherited) return true;
  if (header !== 'Authorization') return false;
  return Boolean(auth?.username || auth?.password) || url?.hasUserinfo === true;
}

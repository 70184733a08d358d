import { errorMonitor } from 'node:events';
import { Readable } from 'node:stream';

import { type AxiosResponse, type InternalAxiosRequestConfig, isAxiosError } from 'axios';

import { REDACTED } from '../util/redaction.js';
import { matches } from '../oauth2/selector.js';
import type { TokenUse } from '../oauth2/token-use.js';
import { LARGEST_BODY } from './streamed-response.js';

/** Replaces `response.request`: it says where the response came from, and has nothing that was sent. */
interface RequestSummary {
  readonly method: unknown;
  readonly protocol: unknown;
  readonly host: unknown;
  readonly path: unknown;
  readonly res?: { readonly responseUrl: unknown };
}

interface Settled {
  config?: unknown;
  request?: unknown;
  cause?: unknown;
  data?: unknown;
  response?: AxiosResponse;
}

/**
 * Removes the token from a response or an error: it gets the caller's config in place of the one that was sent,
 * and a summary in place of the request. Node keeps the sent headers in several places of a request, and its agent
 * leads to the headers of other requests on the same connections.
 *
 * @param hidesQuery whether the token or a signature is in the query
 */
export function scrub<T>(
  settled: T,
  config: InternalAxiosRequestConfig,
  hidesQuery = false,
  isStreaming = config.responseType === 'stream' && !(settled instanceof Error),
): T {
  if (typeof settled !== 'object' || settled === null) return settled;
  const seen = settled as Settled;
  // Errors of Node may quote the URL.
  if (hidesQuery && seen.cause !== undefined) delete seen.cause;
  if (hidesQuery && settled instanceof Error) hideQuery(settled);
  if (seen.config !== undefined) seen.config = config;
  // The stream of a response still needs its request.
  if (seen.request !== undefined && !isStreaming) {
    seen.request = summaryOf(seen.request, hidesQuery);
  }
  if (seen.response) scrub(seen.response, config, hidesQuery, isStreaming);
  if (isAxiosError(seen.cause)) scrub(seen.cause, config, hidesQuery, isStreaming);
  watch(seen.data, config, hidesQuery);
  return settled;
}

/** Scrubs the error of a stream that fails later: it may hold the sent config. */
function watch(data: unknown, config: InternalAxiosRequestConfig, hidesQuery: boolean): void {
  if (!(data instanceof Readable)) return;
  data.on(errorMonitor, (error: unknown) => scrub(error, config, hidesQuery));
}

/** Removes queries from the text of an error: fetch quotes a URL that it refuses. */
function hideQuery(error: Error): void {
  const message: unknown = error.message;
  if (typeof message !== 'string') return;
  const hidden = withoutQueries(message);
  error.message = hidden;
  const { stack } = error;
  if (typeof stack !== 'string') return;
  error.stack =
    message !== '' && stack.includes(message)
      ? stack.replace(message, () => hidden)
      : withoutQueries(stack);
}

/** Characters. A longer text of an error is cut before it is searched for URLs. */
const LONGEST_TEXT = 65_536;

/** The query is optional, so that the search reads each part of a text once. */
const URL_IN_TEXT = /(https?:\/\/[^\s?]*)(\?\S*)?/g;

function withoutQueries(text: string): string {
  const hidden = text.slice(0, LONGEST_TEXT).replace(URL_IN_TEXT, withoutQuery);
  return text.length > LONGEST_TEXT ? `${hidden}…` : hidden;
}

function withoutQuery(url: string, beforeQuery: string, query: string | undefined): string {
  return query === undefined ? url : `${beforeQuery}?${REDACTED}`;
}

function summaryOf(request: unknown, hidesQuery: boolean): RequestSummary | undefined {
  if (typeof request !== 'object' || request === null) return undefined;
  const { method, protocol, host, path, res } = request as Record<string, unknown>;
  const responseUrl = (res as { responseUrl?: unknown } | undefined)?.responseUrl;
  const shown = (url: unknown) =>
    hidesQuery && typeof url === 'string' ? url.replace(/\?.*/s, `?${REDACTED}`) : url;
  return {
    method,
    protocol,
    host,
    path: shown(path),
    ...(responseUrl !== undefined && { res: { responseUrl: shown(responseUrl) } }),
  };
}

/**
 * Whether a response rejects the token: with a 401, or with what the vendor sends instead. A new token does not
 * help if the scope is insufficient (RFC 6750 §3.1).
 *
 * @param body the body that was read from a streamed response. Default: the body of the response
 */
export function rejectsToken(
  response: AxiosResponse | undefined,
  rejected: TokenUse['rejected'],
  body: unknown = response?.data,
): response is AxiosResponse {
  if (!response) return false;
  const { status, headers } = response;
  if (status === 401 || rejected?.status?.includes(status)) {
    const challenge: unknown = headers?.['www-authenticate'];
    return typeof challenge !== 'string' || !challenge.includes('insufficient_scope');
  }
  if (!rejected) return false;
  return rejected.body !== undefined && matches(jsonOf(body), rejected.body);
}

/** Parses a body as the adapter returns it. */
function jsonOf(data: unknown): unknown {
  const isBytes = Buffer.isBuffer(data);
  if ((typeof data !== 'string' && !isBytes) || data.length > LARGEST_BODY) return undefined;
  try {
    return JSON.parse(String(data));
  } catch {
    return undefined;
  }
}

/** Reports if the first response of an API is a 404, which suggests a wrong base URL. */
export class FirstResponse {
  #isKnown = false;

  constructor(private readonly onNotFound: () => void) {}

  note(status: number | undefined): void {
    if (this.#isKnown || status === undefined) return;
    this.#isKnown = true;
    if (status === 404) this.onNotFound();
  }
}

/** Destroys the body of a response that nobody will read, together with its connection. */
export function discard({ data }: AxiosResponse): void {
  const body: unknown = data;
  if (body instanceof ReadableStream) void body.cancel().catch(() => {});
  if (!(body instanceof Readable)) return;
  body.on('error', () => {});
  body.destroy();
}

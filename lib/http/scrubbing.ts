import { errorMonitor } from 'node:events';
import { Readable } from 'node:stream';

import { isAxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';

import { REDACTED } from '../util/redaction.js';

/** What is left of `response.request`: where the answer came from, and nothing that was sent. */
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
 * Gives an answer or an error the config that its caller made in place of the one that was sent, and a
 * summary in place of the request. Node keeps the sent headers in several places of a request, and
 * through its agent those of the requests that use, or have used, the same connections.
 *
 * @param hidesQuery whether the query was not all the caller's
 */
export function scrub<T>(
  settled: T,
  config: InternalAxiosRequestConfig,
  hidesQuery = false,
  isStreaming = config.responseType === 'stream' && !(settled instanceof Error),
): T {
  if (typeof settled !== 'object' || settled === null) return settled;
  const seen = settled as Settled;
  // Node's own errors may quote the URL.
  if (hidesQuery && seen.cause !== undefined) delete seen.cause;
  if (hidesQuery && settled instanceof Error) hideQuery(settled);
  if (seen.config !== undefined) seen.config = config;
  // The request of a streamed answer stays, for the stream goes on.
  if (seen.request !== undefined && !isStreaming) {
    seen.request = summaryOf(seen.request, hidesQuery);
  }
  if (seen.response) scrub(seen.response, config, hidesQuery, isStreaming);
  if (isAxiosError(seen.cause)) scrub(seen.cause, config, hidesQuery, isStreaming);
  watch(seen.data, config, hidesQuery);
  return settled;
}

/** A stream may still fail, with an error that holds what was sent. */
function watch(data: unknown, config: InternalAxiosRequestConfig, hidesQuery: boolean): void {
  if (!(data instanceof Readable)) return;
  data.on(errorMonitor, (error: unknown) => scrub(error, config, hidesQuery));
}

/** fetch quotes the URL that it refuses. */
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

/** Characters of an error's text that are searched for URLs. The rest is cut. */
const LONGEST_TEXT = 65_536;

/** The query is optional, so that no part of a text is read twice. */
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

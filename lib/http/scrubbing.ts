import { isAxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';

import { REDACTED } from '../core/redaction.js';

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
  response?: AxiosResponse;
}

/** `unless in use`: the request of a streamed answer stays, for the stream goes on. */
type Scrubbed = 'config' | 'config and request' | 'config and request unless in use';

/**
 * Gives an answer or an error the config that its caller made in place of the one that was sent, and a
 * summary in place of the request: Node keeps the sent headers in several places of it.
 *
 * @param hidesQuery whether the query was not all the caller's
 */
export function scrub<T>(
  settled: T,
  config: InternalAxiosRequestConfig,
  what: Scrubbed,
  hidesQuery = false,
): T {
  if (typeof settled !== 'object' || settled === null) return settled;
  const seen = settled as Settled;
  const inUse = what === 'config and request unless in use' && config.responseType === 'stream';
  const summarises = what !== 'config' && !inUse;
  // Node's own errors may quote the URL.
  if (hidesQuery && seen.cause !== undefined) delete seen.cause;
  if (hidesQuery && settled instanceof Error) hideQuery(settled);
  if (seen.config !== undefined) seen.config = config;
  if (summarises && seen.request !== undefined) seen.request = summaryOf(seen.request, hidesQuery);
  if (seen.response) scrub(seen.response, config, what, hidesQuery);
  // The fetch adapter of axios 1.7 and later wraps its own error, with all that was sent, in another.
  if (isAxiosError(seen.cause)) scrub(seen.cause, config, what, hidesQuery);
  return settled;
}

/** fetch quotes the URL that it refuses. */
function hideQuery(error: Error): void {
  for (const text of ['message', 'stack'] as const) {
    error[text] = error[text]?.replace(/\S+/g, withoutQuery) as string;
  }
}

/** Word by word, for one expression over all of it would look at what follows each `http://` anew. */
function withoutQuery(word: string): string {
  const url = word.search(/https?:\/\//);
  const query = url < 0 ? -1 : word.indexOf('?', url);
  return query < 0 ? word : `${word.slice(0, query)}?${REDACTED}`;
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

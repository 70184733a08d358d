import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios';

/** What is left of `response.request`: where the answer came from, and nothing that was sent. */
interface RequestSummary {
  readonly method: unknown;
  readonly protocol: unknown;
  readonly host: unknown;
  readonly path: unknown;
  readonly res?: { readonly responseUrl: unknown };
}

/** `unless in use`: the request of a streamed answer stays, for the stream goes on. */
type What = 'config' | 'config and request' | 'config and request unless in use';

/**
 * Gives an answer or an error the config that its caller made in place of the one that was sent, and a
 * summary in place of the request: Node keeps the sent headers in several places of it.
 */
export function scrub<T>(settled: T, config: InternalAxiosRequestConfig, what: What): T {
  if (typeof settled !== 'object' || settled === null) return settled;
  const seen = settled as { config?: unknown; request?: unknown; response?: AxiosResponse };
  const inUse = what === 'config and request unless in use' && config.responseType === 'stream';
  const summarises = what !== 'config' && !inUse;
  if (seen.config !== undefined) seen.config = config;
  if (summarises && seen.request !== undefined) seen.request = summaryOf(seen.request);
  if (seen.response) scrub(seen.response, config, what);
  return settled;
}

function summaryOf(request: unknown): RequestSummary | undefined {
  if (typeof request !== 'object' || request === null) return undefined;
  const { method, protocol, host, path, res } = request as Record<string, unknown>;
  const responseUrl = (res as { responseUrl?: unknown } | undefined)?.responseUrl;
  return {
    method,
    protocol,
    host,
    path,
    ...(responseUrl !== undefined && { res: { responseUrl } }),
  };
}

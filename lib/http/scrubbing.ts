import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios';

/** What is left of `response.request`: where the answer came from, and nothing that was sent. */
interface RequestSummary {
  readonly method: unknown;
  readonly protocol: unknown;
  readonly host: unknown;
  readonly path: unknown;
  readonly res?: { readonly responseUrl: unknown };
}

/**
 * Takes the token out of everything that a caller or a logger gets to see of an answer. Node keeps
 * the sent headers in the request object in several places, so the whole object is replaced. A
 * streamed answer keeps it: it is still in use.
 */
export function scrubResponse(
  response: AxiosResponse | undefined,
  config: InternalAxiosRequestConfig,
): void {
  if (!response) return;
  response.config = config;
  if (config.responseType !== 'stream') response.request = summaryOf(response.request);
}

/** The same for an error, whoever made it. */
export function scrubError(error: unknown, config: InternalAxiosRequestConfig): void {
  if (typeof error !== 'object' || error === null) return;
  const failed = error as { config?: unknown; request?: unknown; response?: AxiosResponse };
  if (failed.config !== undefined) failed.config = config;
  if (failed.request !== undefined) failed.request = summaryOf(failed.request);
  scrubResponse(failed.response, config);
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

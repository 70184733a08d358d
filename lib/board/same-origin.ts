/** The headers of a request, as Node names them. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Whether a request comes from a page of this very origin. Browsers say so in `Sec-Fetch-Site`, which no page can set.
 * They send it only over TLS or to this machine, so `Origin` counts where it is missing. A request with neither header
 * is refused.
 */
export function isSameOrigin(headers: Headers): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  if (typeof origin !== 'string' || typeof host !== 'string') return false;
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

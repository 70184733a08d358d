import { tryUrl } from '../util/urls.js';

/** A URL whose parts are beyond doubt. */
export interface RequestUrl {
  /** What is sent: the very string that was checked. */
  readonly href: string;
  readonly origin: string;
  /** Path without query, normalised. */
  readonly path: string;
  /** Whether the URL itself carries credentials (`https://user:pass@host`). */
  readonly hasUserinfo: boolean;
}

interface UrlParts {
  /** axios takes a `URL`, too, whatever its types say. */
  readonly url?: string | URL | undefined;
  readonly baseURL?: string | undefined;
  readonly allowAbsoluteUrls?: boolean | undefined;
}

/** Characters. No server of an API reads a URL as long. */
export const LONGEST_URL = 65_536;

const ABSOLUTE = /^([a-z][a-z\d+\-.]*:)?\/\//i;

/** Anything by which a parser could read another path than is written: it takes the slow road. */
const NEEDS_PARSER = /\\|\/\.|%2e|[^\x21-\x7e]/i;

/** Anything by which a path could lead elsewhere than down. */
const ODD = /[^\x21-\x7e]|[\\%]|\/\.|\.\./;

/** Whether a relative URL goes below its base, however it is read. */
export function isPlainPath(url: string): boolean {
  return url.startsWith('/') && url[1] !== '/' && !ODD.test(url);
}

export function isAbsolute(url: string | URL = ''): boolean {
  return ABSOLUTE.test(String(url));
}

/** The URL of a request, joined as axios joins it. */
export function joinUrl({ url: given = '', baseURL, allowAbsoluteUrls }: UrlParts): string {
  const url = String(given);
  if (!baseURL || (isAbsolute(url) && allowAbsoluteUrls !== false)) return url;
  return url === '' ? baseURL : `${withoutSlashes(baseURL)}/${url.replace(/^\/+/, '')}`;
}

/** Removes the slashes at the end. A regular expression could take quadratic time. */
export function withoutSlashes(url: string): string {
  let end = url.length;
  while (url[end - 1] === '/') end--;
  return url.slice(0, end);
}

/**
 * Reads a URL without the WHATWG parser where that is safe: a string that begins with a known origin
 * and a slash has that origin, whatever follows.
 */
export function readUrl(
  href: string,
  isKnownOrigin: (origin: string) => boolean,
): RequestUrl | undefined {
  const end = href.indexOf('/', 8);
  const origin = href.slice(0, end);
  if (end > 0 && isKnownOrigin(origin) && !NEEDS_PARSER.test(href)) {
    return { href, origin, path: pathOf(href, end), hasUserinfo: false };
  }
  return parseUrl(href);
}

function pathOf(href: string, start: number): string {
  const length = href.slice(start).search(/[?#]/);
  return length < 0 ? href.slice(start) : href.slice(start, start + length);
}

export function parseUrl(url: string): RequestUrl | undefined {
  const parsed = tryUrl(url);
  if (!parsed) return undefined;
  const { href, origin, pathname, username, password } = parsed;
  return { href, origin, path: pathname, hasUserinfo: username !== '' || password !== '' };
}

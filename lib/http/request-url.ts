import { tryUrl } from '../util/urls.js';

/** A parsed URL. */
export interface RequestUrl {
  /** The string that was checked, and that is sent. */
  readonly href: string;
  readonly origin: string;
  /** Path without query, normalised. */
  readonly path: string;
  /** Whether the URL itself carries credentials (`https://user:pass@host`). */
  readonly hasUserinfo: boolean;
}

interface UrlParts {
  /** axios also takes a `URL`, though its types do not say so. */
  readonly url?: string | URL | undefined;
  readonly baseURL?: string | undefined;
  readonly allowAbsoluteUrls?: boolean | undefined;
}

/** Characters. No API server reads a URL this long. */
export const LONGEST_URL = 65_536;

const ABSOLUTE = /^([a-z][a-z\d+\-.]*:)?\/\//i;

/** A character or sequence that the WHATWG parser may rewrite. URLs with one are parsed. */
const NEEDS_PARSER = /\\|\/\.|%2e|[^\x21-\x7e]/i;

export function isAbsolute(url: string | URL = ''): boolean {
  return ABSOLUTE.test(String(url));
}

/** The URL of a request, joined as axios joins it. */
export function joinUrl({ url: given = '', baseURL, allowAbsoluteUrls }: UrlParts): string {
  const url = String(given);
  if (!baseURL || (isAbsolute(url) && allowAbsoluteUrls !== false)) return url;
  return url === '' ? baseURL : `${withoutSlashes(baseURL)}/${url.replace(/^\/+/, '')}`;
}

/** Removes the slashes at the end, in linear time. A regular expression could take quadratic time. */
export function withoutSlashes(url: string): string {
  let end = url.length;
  while (url[end - 1] === '/') end--;
  return url.slice(0, end);
}

/**
 * Reads a URL, without the WHATWG parser if that is safe: a string that begins with a known origin and a slash
 * has that origin.
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

const PERCENT = 0x25;

/**
 * A path without percent-encoding, even if it was encoded several times: `%252e` becomes `.`, as it does on a
 * server that decodes twice. Bytes beyond ASCII stay encoded. One pass is enough, because a decoded character
 * that completes another escape is decoded at once.
 */
export function decodedDeeply(path: string): string {
  const codes = new Uint16Array(path.length);
  let length = 0;
  for (let i = 0; i < path.length; i++) {
    codes[length++] = path.charCodeAt(i);
    while (length >= 3 && codes[length - 3] === PERCENT) {
      const code = 16 * hexDigit(codes[length - 2]!) + hexDigit(codes[length - 1]!);
      if (!(code < 0x80)) break;
      length -= 2;
      codes[length - 1] = code;
    }
  }
  return Buffer.from(codes.buffer, 0, 2 * length).toString('utf16le');
}

/** Stands for a character that is no digit. It is larger than any digit. */
const NO_DIGIT = 0x100;

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : NO_DIGIT;
}

/** A segment of two dots. Some servers treat `\` as a separator, or cut a segment at `;` or NUL. */
const CLIMBS = /(?:^|[/\\])\.\.(?:[/\\;\0]|$)/;

/**
 * Whether a server could read the path as leading upwards: through encoded dots and separators, or through dots
 * that the URL parser leaves in place, as that of Node 20 does after a name that begins with a dot.
 */
export function climbs(path: string): boolean {
  if (!path.includes('..') && !path.includes('%')) return false;
  return CLIMBS.test(decodedDeeply(path));
}

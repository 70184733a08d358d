import { printable, REDACTED } from './redaction.js';

/**
 * Parses a URL; `undefined` if the text is not a URL. `URL.canParse` is no alternative: in Node 20 it refuses host names
 * beyond ASCII after many calls.
 */
export function tryUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/**
 * A URL for a message: without query, fragment and user information, which may hold secrets.
 *
 * @param secrets masked in the rest of the URL
 */
export function shownUrl(url: string, secrets: readonly string[] = []): string {
  const read = url.replaceAll(IGNORED, '');
  const opaque = /^[a-z][a-z\d+.-]*:(?!\/\/)/i.exec(read);
  if (opaque) return `${printable(opaque[0], secrets)}…`; // the path of a `data:` URL is its content
  const [beginning] = /^(?:[a-z][a-z\d+.-]*:)?[/\\]{2}/i.exec(read) ?? [];
  // The end of a password that is not encoded is unknown.
  const isBroken = beginning !== undefined && read.includes('@') && !tryUrl(read);
  if (isBroken) return `${printable(beginning, secrets)}…`;
  const bare = /^[^?#;]*/.exec(read)![0];
  return printable(bare.replace(/^([a-z][a-z\d+.-]*:)?(\/\/)[^/\\]*@/i, '$1$2'), secrets);
}

/** Characters that the URL parser ignores: blanks and control characters before a URL, tabs and line breaks in it. */
const IGNORED = /^[\0-\x20]+|[\t\n\r]/g;

/** A path segment that a programmer chose, such as `access_token` or `v2.0`. */
const WORD = /^(?:[a-z][a-z_.-]{0,31}\d{0,2}|v\d[\d.]{0,4}|)$/i;

/**
 * The same for a URL that was computed. A path segment that is not a word may be a session or an account, so it is
 * masked.
 *
 * @param url an absolute URL
 */
export function shownComputedUrl(url: string, secrets: readonly string[]): string {
  const { origin, pathname } = new URL(url);
  const path = pathname.split('/').map((segment) => (WORD.test(segment) ? segment : REDACTED));
  return printable(`${origin}${path.join('/')}`, secrets);
}

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}

/** Whether a URL has one of the origins, in which `*` may stand for the first label of a host name. */
export function isAtOrigin({ origin }: URL, origins: readonly string[]): boolean {
  const candidates = [origin, wildcardOf(origin)];
  return origins.some((allowed) => candidates.includes(new URL(allowed).origin));
}

/** `https://*.example.com` for `https://eu1.example.com`. */
export function wildcardOf(origin: string): string {
  return origin.replace(/^([a-z]+:\/\/)[^.]+/, '$1*');
}

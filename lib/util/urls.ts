import { printable, REDACTED } from './redaction.js';

/**
 * A URL, or `undefined` if the text is none. Not by `URL.canParse`, which in Node 20 refuses host names
 * beyond ASCII once it has been called often.
 */
export function tryUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/**
 * A URL for a message: without query, fragment and user information, because these may hold secrets.
 *
 * @param secrets masked wherever the rest of the URL has them
 */
export function shownUrl(url: string, secrets: readonly string[] = []): string {
  const read = url.replaceAll(IGNORED, '');
  const opaque = /^[a-z][a-z\d+.-]*:(?!\/\/)/i.exec(read);
  if (opaque) return `${printable(opaque[0], secrets)}…`; // such as that of `data:`, whose path is its content
  const [beginning] = /^(?:[a-z][a-z\d+.-]*:)?[/\\]{2}/i.exec(read) ?? [];
  // Where a password has to be encoded and is not, nobody can tell where it ends.
  const isBroken = beginning !== undefined && read.includes('@') && !tryUrl(read);
  if (isBroken) return `${printable(beginning, secrets)}…`;
  const bare = /^[^?#;]*/.exec(read)![0];
  return printable(bare.replace(/^([a-z][a-z\d+.-]*:)?(\/\/)[^/\\]*@/i, '$1$2'), secrets);
}

/** What the parser of URLs leaves out: blanks and control characters before a URL, tabs and line breaks in it. */
const IGNORED = /^[\0-\x20]+|[\t\n\r]/g;

/** A segment of a path that a programmer has chosen, such as `access_token` or `v2.0`. */
const WORD = /^(?:[a-z][a-z_.-]{0,31}\d{0,2}|v\d[\d.]{0,4}|)$/i;

/**
 * The same for a URL that was computed: whatever in its path is no word may be a session, or the account.
 *
 * @param url an absolute one
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

/** Whether a URL is at one of some origins, in which `*` may stand for the first label of a host name. */
export function isAtOrigin({ origin }: URL, origins: readonly string[]): boolean {
  const candidates = [origin, wildcardOf(origin)];
  return origins.some((allowed) => candidates.includes(new URL(allowed).origin));
}

/** `https://*.example.com` for `https://eu1.example.com`. */
export function wildcardOf(origin: string): string {
  return origin.replace(/^([a-z]+:\/\/)[^.]+/, '$1*');
}

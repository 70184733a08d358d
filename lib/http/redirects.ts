import type { InternalAxiosRequestConfig } from 'axios';

type BeforeRedirect = NonNullable<InternalAxiosRequestConfig['beforeRedirect']>;

/** The part of a redirect's options that decides where it goes. */
const DESTINATION = ['href', 'protocol', 'hostname', 'host', 'port', 'path', 'socketPath'];

interface RedirectGuard {
  readonly mayCarryToken: (url: string) => boolean;
  /** The headers that come from the token. */
  readonly credentials: readonly (readonly [name: string, value: string])[];
  /** Whether the token is in the URL, too, which a redirect replaces. */
  readonly isInUrl: boolean;
  readonly onLoss: () => void;
  readonly usersOwn: BeforeRedirect | undefined;
}

/**
 * Lets the token go along within its API, and takes it off a redirect that leads elsewhere, for good.
 * The user's own hook runs first, and if it changes the destination, that counts as elsewhere.
 *
 * @param guard asked at a redirect, for most requests see none
 */
export function guardRedirects(guard: () => RedirectGuard): BeforeRedirect {
  let lost = false;
  return (options, ...details) => {
    const { mayCarryToken, credentials, isInUrl, onLoss, usersOwn } = guard();
    const ours = new Set(credentials.map(([name]) => name.toLowerCase()));
    const secret = new Set([...ours, 'authorization']);
    const before = DESTINATION.map((part) => options[part] as unknown);
    usersOwn?.(options, ...details);
    const moved = DESTINATION.some((part, i) => options[part] !== before[i]);
    const href: unknown = options['href'];
    const cookies = cookiesIn(options['headers']);
    drop(ours, options['headers']);
    lost ||= moved || typeof href !== 'string' || !mayCarryToken(href);
    if (isInUrl) onLoss();
    if (lost) {
      drop(secret, options['headers']);
      onLoss();
    } else {
      const restored = credentials.map((pair) => beside(cookies, pair));
      Object.assign(options['headers'] as object, Object.fromEntries(restored));
    }
  };
}

/** The cookies that the redirect and the user's hook have left. */
function cookiesIn(headers: unknown): string[] {
  return Object.entries(headers ?? {})
    .filter(([name]) => name.toLowerCase() === 'cookie')
    .flatMap(([, value]) => String(value).split('; '));
}

/** Of a Cookie header only the last one is the token: the others go where the redirect lets them go. */
function beside(
  cookies: readonly string[],
  [name, value]: readonly [name: string, value: string],
): readonly [string, string] {
  if (name.toLowerCase() !== 'cookie') return [name, value];
  const token = value.split('; ').at(-1)!;
  return [name, [...cookies.filter((cookie) => cookie !== token), token].join('; ')];
}

/** Removes headers however they are spelled. */
function drop(names: ReadonlySet<string>, headers: unknown): void {
  if (typeof headers !== 'object' || headers === null) return;
  for (const name of Object.keys(headers)) {
    if (names.has(name.toLowerCase())) delete (headers as Record<string, unknown>)[name];
  }
}

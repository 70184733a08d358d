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
 */
export function guardRedirects(guard: RedirectGuard): BeforeRedirect {
  let lost = false;
  return (options, ...details) => {
    const { mayCarryToken, credentials, isInUrl, onLoss, usersOwn } = guard;
    const ours = new Set(credentials.map(([name]) => name.toLowerCase()));
    const secret = new Set([...ours, 'authorization']);
    const before = DESTINATION.map((part) => options[part] as unknown);
    usersOwn?.(options, ...details);
    const moved = DESTINATION.some((part, i) => options[part] !== before[i]);
    const href: unknown = options['href'];
    drop(ours, options['headers']);
    lost ||= moved || typeof href !== 'string' || !mayCarryToken(href);
    if (isInUrl) onLoss();
    if (lost) {
      drop(secret, options['headers']);
      onLoss();
    } else Object.assign(options['headers'] as object, Object.fromEntries(credentials));
  };
}

/** Removes headers however they are spelled. */
function drop(names: ReadonlySet<string>, headers: unknown): void {
  if (typeof headers !== 'object' || headers === null) return;
  for (const name of Object.keys(headers)) {
    if (names.has(name.toLowerCase())) delete (headers as Record<string, unknown>)[name];
  }
}

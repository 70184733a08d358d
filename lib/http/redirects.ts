import type { InternalAxiosRequestConfig } from 'axios';

type BeforeRedirect = NonNullable<InternalAxiosRequestConfig['beforeRedirect']>;

/** The part of a redirect's options that decides where it goes. */
const DESTINATION = ['href', 'protocol', 'hostname', 'host', 'port', 'path', 'socketPath'];

/**
 * Takes the token off a redirect that leaves the API. The user's own hook runs first, and if it
 * changes the destination, the token is taken off, too.
 */
export function guardRedirects(
  mayCarryToken: (url: string) => boolean,
  onDrop: () => void,
  users: BeforeRedirect | undefined,
): BeforeRedirect {
  return (options, ...details) => {
    const before = DESTINATION.map((part) => options[part] as unknown);
    users?.(options, ...details);
    const moved = DESTINATION.some((part, i) => options[part] !== before[i]);
    const href: unknown = options['href'];
    if (!moved && typeof href === 'string' && mayCarryToken(href)) return;
    dropAuthorization(options['headers']);
    onDrop();
  };
}

/** Removes `Authorization` however it is spelled. */
export function dropAuthorization(headers: unknown): void {
  if (typeof headers !== 'object' || headers === null) return;
  for (const name of Object.keys(headers)) {
    if (name.toLowerCase() === 'authorization') delete (headers as Record<string, unknown>)[name];
  }
}

import type { InternalAxiosRequestConfig } from 'axios';

type Headers = InternalAxiosRequestConfig['headers'];

const SENT: unique symbol = Symbol.for('nestjs-oauth2-client:sent');

/** A copy of headers that axios has normalised already: its own `concat` would do that once more. */
export function copyOf(headers: Headers): Headers {
  return Object.assign(Object.create(Object.getPrototypeOf(headers) as object) as Headers, headers);
}

/** Notes that a request has its token: an adapter may be made of one that would give it another. */
export function markSent(headers: Headers): void {
  (headers as Marked)[SENT] = true;
}

export function isSent(headers: Headers): boolean {
  return SENT in headers;
}

type Marked = Headers & { [SENT]?: true };

/** The value of a header, however its name is spelled. */
export function valueOf(headers: Headers, name: string): unknown {
  const spelled = spelling(headers, name);
  return spelled === undefined ? undefined : headers[spelled];
}

/** Sets a header in place of any other spelling of it. The value must be one that a header can hold. */
export function put(headers: Headers, name: string, value: string): void {
  headers[spelling(headers, name) ?? name] = value;
}

/** Removes a header, however its name is spelled. */
export function drop(headers: Headers, name: string): void {
  const spelled = spelling(headers, name);
  if (spelled !== undefined) delete headers[spelled];
}

function spelling(headers: Headers, name: string): string | undefined {
  for (const key of Object.keys(headers)) {
    if (key.length === name.length && key.toLowerCase() === name.toLowerCase()) return key;
  }
  return undefined;
}

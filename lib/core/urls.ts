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

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}

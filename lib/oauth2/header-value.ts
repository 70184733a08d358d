import { ShowableError } from './definition-functions.js';

/** RFC 9110 §5.5, without obsolete line folding. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

export function isHeaderValue(value: string): boolean {
  return HEADER_VALUE.test(value);
}

/**
 * A computed value as text.
 *
 * @throws {TypeError} if it would break or forge a header; such a value is refused, never mended
 */
export function headerValue(name: string, value: unknown): string {
  const text = String(value);
  if (isHeaderValue(text)) return text;
  throw new ShowableError(
    `the value of the header \`${name}\` has characters that no header may carry`,
  );
}

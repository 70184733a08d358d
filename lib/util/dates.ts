/** A date of ISO 8601 or of HTTP (RFC 9110 §5.6.7). */
const DATE = /^(\d{4}-\d{2}-\d{2}|(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )/i;

/** A date without a zone. `Date.parse` would use the zone of this process. */
const ZONELESS = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;

/** The oldest form of an HTTP date, always in UTC. */
const ASCTIME = /^[a-z]{3} [a-z]{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$/i;

/** Characters of the longest date in these forms. */
const LONGEST = 64;

/**
 * Milliseconds since the epoch; `undefined` if the text is not a date. `Date.parse` alone accepts almost any text.
 */
export function parseDate(text: unknown): number | undefined {
  if (typeof text !== 'string' || text.length > LONGEST) return undefined;
  const date = text.trim();
  if (!DATE.test(date)) return undefined;
  const zone = ZONELESS.test(date) ? 'Z' : ASCTIME.test(date) ? ' GMT' : '';
  const time = Date.parse(date + zone);
  return Number.isNaN(time) ? undefined : time;
}

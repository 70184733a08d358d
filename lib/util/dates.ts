/** A date of ISO 8601 or of HTTP (RFC 9110 §5.6.7). */
const DATE = /^(\d{4}-\d{2}-\d{2}|(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )/i;

/** `Date.parse` takes such a date for one of the zone that this process happens to run in. */
const ZONELESS = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;

/** The oldest form of an HTTP date, always of UTC. */
const ASCTIME = /^[a-z]{3} [a-z]{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$/i;

/** No date of these forms has more characters. */
const LONGEST = 64;

/**
 * Milliseconds since the epoch; `undefined` for what is no date. `Date.parse` alone finds one in
 * almost anything.
 */
export function parseDate(text: unknown): number | undefined {
  if (typeof text !== 'string' || text.length > LONGEST) return undefined;
  const date = text.trim();
  if (!DATE.test(date)) return undefined;
  const zone = ZONELESS.test(date) ? 'Z' : ASCTIME.test(date) ? ' GMT' : '';
  const time = Date.parse(date + zone);
  return Number.isNaN(time) ? undefined : time;
}

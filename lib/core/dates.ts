/** A date of ISO 8601 or of HTTP (RFC 9110 §5.6.7). */
const DATE = /^(\d{4}-\d{2}-\d{2}|(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )/i;

/** `Date.parse` takes such a date for one of the zone that this process happens to run in. */
const ZONELESS = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;

/**
 * Milliseconds since the epoch; `undefined` for what is no date. `Date.parse` alone finds one in
 * almost anything.
 */
export function parseDate(text: unknown): number | undefined {
  if (typeof text !== 'string' || !DATE.test(text.trim())) return undefined;
  const time = Date.parse(ZONELESS.test(text.trim()) ? `${text.trim()}Z` : text);
  return Number.isNaN(time) ? undefined : time;
}

import { parseDate } from '../util/dates.js';
import type { VendorResponse } from './answer.js';

/** Seconds by which the clocks of two machines may well differ. */
const NOTABLE_SKEW = 30;

/**
 * Seconds that the clock of the vendor is ahead of `now`, by its `Date` header; 0 if that is not worth a word,
 * `undefined` if there is no such header.
 */
export function clockSkew(
  { headers }: Pick<VendorResponse, 'headers'>,
  now: number,
): number | undefined {
  const date = parseDate(headers['date']);
  if (date === undefined) return undefined;
  const seconds = Math.round((date - now) / 1_000);
  return Math.abs(seconds) > NOTABLE_SKEW ? seconds : 0;
}

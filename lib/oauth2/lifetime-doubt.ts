import type { Instant } from '../util/clock.js';
import { printable } from '../util/redaction.js';
import type { LifetimeDoubt } from '../core/events.js';
import { kindOfValue } from './definition-functions.js';
import { DEFAULT_LIFETIME, endOfLife, LIFETIME_FORMATS, type LifetimeOptions } from './lifetime.js';

/** Milliseconds: ten years. Tokens that live longer are rare, and wrong units are not. */
const LONGEST = 315_360_000_000;

/** Characters. */
const LONGEST_SHOWN = 40;
const MOST_LETTERS = 10;

/**
 * Why a lifetime may not be what the vendor means; `undefined` if it is plausible.
 *
 * @param value what the response says
 * @param end what was made of it, in milliseconds since the epoch; `undefined` if it could not be read
 * @param secrets masked in the value, which may stand at the wrong place
 */
export function doubtOf(
  value: unknown,
  end: number | undefined,
  startedAt: Instant,
  { format, default: seconds, cap }: LifetimeOptions,
  secrets: readonly string[],
): LifetimeDoubt | undefined {
  const problem = problemOf(value, end, startedAt);
  if (!problem || (problem === 'missing' && seconds !== undefined)) return undefined;
  if (problem === 'far' && cap !== undefined) return undefined;
  const isPlausible = (told: number | undefined) =>
    told !== undefined && told > startedAt.wall && told <= startedAt.wall + LONGEST;
  return {
    problem,
    value: problem === 'missing' ? undefined : shown(value, secrets),
    format,
    end,
    seconds: seconds ?? DEFAULT_LIFETIME,
    fitting: LIFETIME_FORMATS.filter((other) =>
      isPlausible(endOfLife(value, '', startedAt, other)),
    ),
  };
}

function problemOf(
  value: unknown,
  end: number | undefined,
  { wall }: Instant,
): LifetimeDoubt['problem'] | undefined {
  if (end === undefined) return value === undefined || value === null ? 'missing' : 'unreadable';
  if (end < wall) return 'past';
  return end > wall + LONGEST ? 'far' : undefined;
}

/** What was read may be anything, a secret too: only what looks like a time is shown. */
function shown(value: unknown, secrets: readonly string[]): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return kindOfValue(value);
  const letters = value.replaceAll(/[^a-z]/gi, '').length;
  if (value.length > LONGEST_SHOWN || letters > MOST_LETTERS) {
    return `a text of ${value.length} characters`;
  }
  return `"${printable(value, secrets)}"`;
}

import type { Instant } from '../util/clock.js';
import { parseDate } from '../util/dates.js';
import { printable } from '../util/redaction.js';
import type { LifetimeDoubt } from '../core/definition-events.js';
import { kindOfValue } from './definition-functions.js';
import { claimsOf } from './vendor-response.js';

/**
 * What `expires_in` holds. `seconds` or `milliseconds` from now; a point in time as `epoch_seconds`,
 * `epoch_milliseconds` or a `date` (ISO 8601 or HTTP); or nothing useful, because the lifetime is the `exp` of the
 * access token, a `jwt`.
 */
export type LifetimeFormat =
  'seconds' | 'milliseconds' | 'epoch_seconds' | 'epoch_milliseconds' | 'date' | 'jwt';

/** The lifetime in seconds where neither the response nor the definition names one. */
export const DEFAULT_LIFETIME = 300;

export interface LifetimeOptions {
  readonly format: LifetimeFormat;
  /** The lifetime in seconds where the response names none, if the definition names one. */
  readonly default: number | undefined;
  /** The longest lifetime in seconds. */
  readonly cap: number | undefined;
}

/** The end of a lifetime in milliseconds since the epoch; `undefined` if the value is not a lifetime. */
type Reader = (value: unknown, startedAt: Instant) => number | undefined;

const READERS: Record<Exclude<LifetimeFormat, 'jwt'>, Reader> = {
  seconds: (value, { wall }) => shifted(value, 1_000, wall),
  milliseconds: (value, { wall }) => shifted(value, 1, wall),
  epoch_seconds: (value) => shifted(value, 1_000, 0),
  epoch_milliseconds: (value) => shifted(value, 1, 0),
  date: (value) => parseDate(value),
};

export const LIFETIME_FORMATS: readonly LifetimeFormat[] = [
  ...(Object.keys(READERS) as LifetimeFormat[]),
  'jwt',
];

/** What a response says about the lifetime of its token. */
export interface Lifetime {
  /** The end that the response names, in milliseconds since the epoch; `undefined` if it names none. */
  readonly stated: number | undefined;
  /** The end that counts: within the limits of the definition, or its default. */
  readonly end: number;
  /** The value that was read, for a doubt. */
  readonly value: unknown;
}

/** The lifetime of a token. */
export function lifetimeOf(
  expiresIn: unknown,
  accessToken: string,
  startedAt: Instant,
  { format, default: seconds = DEFAULT_LIFETIME, cap }: LifetimeOptions,
): Lifetime {
  const value = format === 'jwt' ? claimsOf(accessToken)?.['exp'] : expiresIn;
  const stated = READERS[format === 'jwt' ? 'epoch_seconds' : format](value, startedAt);
  const end = stated ?? startedAt.wall + seconds * 1_000;
  return {
    value,
    stated,
    end: cap === undefined ? end : Math.min(end, startedAt.wall + cap * 1_000),
  };
}

/** The end of anything but an access token. A value that is not positive says nothing. */
export function statedEnd(
  value: unknown,
  startedAt: Instant,
  format: LifetimeFormat,
): number | undefined {
  const end = READERS[format === 'jwt' ? 'seconds' : format](value, startedAt);
  return end !== undefined && end > startedAt.wall ? end : undefined;
}

/** In characters. Longer texts are not numbers. */
const LONGEST_NUMBER = 64;

function shifted(value: unknown, unit: number, from: number): number | undefined {
  const number = toNumber(value);
  return number === undefined ? undefined : from + number * unit;
}

/** A finite number, or a string that is one. */
function toNumber(value: unknown): number | undefined {
  if (typeof value === 'string' && value.length > LONGEST_NUMBER) return undefined;
  const text = typeof value === 'string' ? value.trim() : value;
  if (text === '' || (typeof text !== 'string' && typeof text !== 'number')) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** Milliseconds: ten years. Few tokens live longer, and a wrong unit is more likely. */
const LONGEST = 315_360_000_000;

/** In characters. */
const LONGEST_SHOWN = 40;
const MOST_LETTERS = 10;

/**
 * Why a lifetime may not be what the vendor means; `undefined` if it is plausible.
 *
 * @param secrets masked in the value, because a secret may stand in the wrong place
 */
export function doubtOf(
  { value, stated: end }: Lifetime,
  startedAt: Instant,
  { format, default: seconds, cap }: LifetimeOptions,
  secrets: readonly string[],
): LifetimeDoubt | undefined {
  const problem = problemOf(value, end, startedAt);
  if (!problem || (problem === 'missing' && seconds !== undefined)) return undefined;
  if (problem === 'far' && cap !== undefined) return undefined;
  const fitting = Object.entries(READERS).filter(([, read]) => {
    const other = read(value, startedAt);
    return other !== undefined && other > startedAt.wall && other <= startedAt.wall + LONGEST;
  });
  return {
    problem,
    value: problem === 'missing' ? undefined : shown(value, secrets),
    format,
    end,
    seconds: seconds ?? DEFAULT_LIFETIME,
    fitting: fitting.map(([name]) => name as LifetimeFormat),
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

/** The value may be anything, even a secret. Only what looks like a time is shown. */
function shown(value: unknown, secrets: readonly string[]): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return kindOfValue(value);
  const letters = value.replaceAll(/[^a-z]/gi, '').length;
  if (value.length > LONGEST_SHOWN || letters > MOST_LETTERS) {
    return `a text of ${value.length} characters`;
  }
  return `"${printable(value, secrets)}"`;
}

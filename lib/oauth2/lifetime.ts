import type { Instant } from '../util/clock.js';
import { parseDate } from '../util/dates.js';
import { claimsOf } from './assertions.js';

/**
 * What `expires_in` holds. `seconds` or `milliseconds` from now, an instant as `epoch_seconds`,
 * `epoch_milliseconds` or a `date` (ISO 8601 or HTTP), or nothing of use, the life being the `exp` of
 * the access token, a `jwt`.
 */
export type LifetimeFormat =
  'seconds' | 'milliseconds' | 'epoch_seconds' | 'epoch_milliseconds' | 'date' | 'jwt';

/** Seconds that a token lives of which neither answer nor definition says how long. */
export const DEFAULT_LIFETIME = 300;

export interface LifetimeOptions {
  readonly format: LifetimeFormat;
  /** Seconds that a token lives whose answer does not say, if the definition says so. */
  readonly default: number | undefined;
  /** Seconds that no token lives longer than. */
  readonly cap: number | undefined;
}

/** The end of a life in milliseconds since the epoch; `undefined` if the value is none. */
type Reader = (value: unknown, accessToken: string, startedAt: Instant) => number | undefined;

const READERS: Record<LifetimeFormat, Reader> = {
  seconds: (value, _token, startedAt) => shifted(toNumber(value), 1_000, startedAt.wall),
  milliseconds: (value, _token, startedAt) => shifted(toNumber(value), 1, startedAt.wall),
  epoch_seconds: (value) => shifted(toNumber(value), 1_000, 0),
  epoch_milliseconds: (value) => shifted(toNumber(value), 1, 0),
  date: (value) => parseDate(value),
  jwt: (_value, accessToken) => shifted(toNumber(claimsOf(accessToken)?.['exp']), 1_000, 0),
};

export const LIFETIME_FORMATS = Object.keys(READERS) as LifetimeFormat[];

/** What says how long a token lives. */
export function saidLifetime(value: unknown, accessToken: string, format: LifetimeFormat): unknown {
  return format === 'jwt' ? claimsOf(accessToken)?.['exp'] : value;
}

/** When an answer says that its token ends, in milliseconds since the epoch; `undefined` if not. */
export function endOfLife(
  value: unknown,
  accessToken: string,
  startedAt: Instant,
  format: LifetimeFormat,
): number | undefined {
  return READERS[format](value, accessToken, startedAt);
}

/** The end of a life within what the definition allows, or what it says instead. */
export function limited(
  end: number | undefined,
  { wall }: Instant,
  { default: seconds = DEFAULT_LIFETIME, cap }: LifetimeOptions,
): number {
  const told = end ?? wall + seconds * 1_000;
  return cap === undefined ? told : Math.min(told, wall + cap * 1_000);
}

/** When something ends that is no JWT, in milliseconds since the epoch; 0 and the like say nothing. */
export function toldEnd(
  value: unknown,
  startedAt: Instant,
  format: LifetimeFormat,
): number | undefined {
  const end = READERS[format === 'jwt' ? 'seconds' : format](value, '', startedAt);
  return end !== undefined && end > startedAt.wall ? end : undefined;
}

/** Longer texts are not numbers, in characters. */
const LONGEST_NUMBER = 64;

/** A number, or a string that is one. Infinity and the empty string are none. */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === 'string' && value.length > LONGEST_NUMBER) return undefined;
  const text = typeof value === 'string' ? value.trim() : value;
  if (text === '' || (typeof text !== 'string' && typeof text !== 'number')) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

function shifted(value: number | undefined, unit: number, from: number): number | undefined {
  return value === undefined ? undefined : from + value * unit;
}

import type { LoggerService } from '@nestjs/common';

import type { Clock } from '../core/clock.js';
import { placeOf } from '../core/errors.js';
import type { TokenEvent, TokenListener } from '../core/events.js';
import { lineOf, type Level } from './log-lines.js';

/** Lines of one kind that are printed before most of them are left out. */
const IN_FULL = 5;

/** Milliseconds without a line of a kind after which its lines are counted anew. */
const QUIET = 60_000;

/** Each is about an account that may need a new consent, so none is left out. */
const ALWAYS: readonly TokenEvent['type'][] = ['refresh token lost'];

interface Count {
  readonly since: number;
  last: number;
  lines: number;
}

/**
 * Tells the log what happens to the tokens of one provider: the ordinary at debug, trouble at warn. When many
 * accounts meet the same, only some of the lines are printed, and they say how many there were.
 */
export function eventLogger(logger: LoggerService, clock: Clock): TokenListener {
  const counts = new Map<string, Count>();
  const failedRefreshes = new Set<string>();
  const levelOf = (event: TokenEvent, level: Level) =>
    event.type === 'refresh failed' && !isNew(failedRefreshes, event.error.code) ? 'debug' : level;
  return (event) => {
    const [usual, headline, details] = lineOf(event);
    const level = levelOf(event, usual);
    const isCounted = level !== 'debug' && !ALWAYS.includes(event.type);
    const extent = isCounted ? extentOf(counts, headline, clock.monotonic()) : '';
    if (extent === undefined) return;
    logger[level]?.(`${placeOf(event)} ${headline}: ${details}${extent}`);
  };
}

/** What a line says of those like it; `undefined`: it is left out. */
function extentOf(counts: Map<string, Count>, headline: string, now: number): string | undefined {
  const known = counts.get(headline);
  const isOver = !known || now - known.last >= QUIET;
  const count = isOver ? { since: now, last: now, lines: 0 } : known;
  count.last = now;
  count.lines++;
  counts.set(headline, count);
  if (count.lines <= IN_FULL) return '';
  if (!/^[125]0*$/.test(`${count.lines}`)) return undefined;
  const seconds = Math.ceil((now - count.since) / 1_000);
  return ` (${count.lines} lines like this in ${seconds} s, most of them left out)`;
}

function isNew(known: Set<string>, what: string): boolean {
  return known.size < known.add(what).size;
}

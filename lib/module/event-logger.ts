import type { LoggerService } from '@nestjs/common';

import type { Clock } from '../util/clock.js';
import { placeOf } from '../core/errors.js';
import type { OAuth2Event, EventListener } from '../core/events.js';
import { isLogged, lineOf, type Level } from './log-lines.js';

/** Lines of one kind that are printed before most of them are left out. */
const IN_FULL = 5;

/** Milliseconds without a line of a kind after which its lines are counted anew. */
const QUIET = 60_000;

/** Each is about an account that may need a new consent, so none is left out. */
const ALWAYS: readonly OAuth2Event['type'][] = ['refresh_token.lost'];

/** Milliseconds after which a line is printed in any case. */
const LONGEST_SILENCE = 3_600_000;

interface Count {
  readonly since: number;
  last: number;
  /** When a line was printed last. */
  shown: number;
  lines: number;
  /** The first ones that have met this: one account that meets it again and again must not hide the others. */
  readonly accounts: Set<string | undefined>;
}

/**
 * Logs what happens to the tokens: the ordinary at debug, trouble at warn. When many accounts of a provider meet the
 * same, only some of the lines are printed, and they say how many there were.
 */
export function eventLogger(logger: LoggerService, clock: Clock): EventListener {
  const counts = new Map<string, Count>();
  const failedRefreshes = new Set<string>();
  const levelOf = (event: OAuth2Event, level: Level) =>
    event.type === 'refresh.failed' &&
    !isNew(failedRefreshes, `${event.provider} ${event.error.code}`)
      ? 'debug'
      : level;
  return (event) => {
    if (!isLogged(event)) return;
    const [usual, headline, details] = lineOf(event);
    const level = levelOf(event, usual);
    const isCounted = level !== 'debug' && !ALWAYS.includes(event.type);
    const extent = isCounted ? extentOf(counts, headline, event, clock.monotonic()) : '';
    if (extent === undefined) return;
    logger[level]?.(`${placeOf(event)} ${headline}: ${details}${extent}`);
  };
}

/** What a line says of those like it; `undefined`: it is left out. */
function extentOf(
  counts: Map<string, Count>,
  headline: string,
  event: OAuth2Event,
  now: number,
): string | undefined {
  const kind = `${event.provider} ${headline}`;
  const known = counts.get(kind);
  const isOver = !known || now - known.last >= QUIET;
  const count: Count = isOver
    ? { since: now, last: now, shown: now, lines: 0, accounts: new Set() }
    : known;
  count.last = now;
  count.lines++;
  counts.set(kind, count);
  const isAnotherAccount = count.accounts.size < IN_FULL && isNew(count.accounts, event.account);
  const isInSeries = count.lines <= IN_FULL || /^[125]0*$/.test(`${count.lines}`);
  if (!isInSeries && !isAnotherAccount && now - count.shown < LONGEST_SILENCE) return undefined;
  count.shown = now;
  if (count.lines <= IN_FULL) return '';
  const seconds = Math.ceil((now - count.since) / 1_000);
  return ` (${count.lines} lines like this in ${seconds} s, most of them left out)`;
}

function isNew<T>(known: Set<T>, what: T): boolean {
  return known.size < known.add(what).size;
}

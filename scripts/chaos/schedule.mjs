// The schedule of faults. The same seed, length and number of instances give the same schedule.
import { seeded } from '../seeded.mjs';
import { FAMILIES, ROUND } from './settings.mjs';

/** Milliseconds by which a process is killed or frozen before the calm at the latest. */
const EARLY = 4_000;

/** Faults in one round, at least and at most. */
const PER_ROUND = { least: 5, most: 10 };

/**
 * Kinds of faults: how often one is drawn, how long it lasts (least and most), what it takes to itself so that
 * no two faults are on it at once, and what else it says.
 */
const KINDS = {
  kill: { weight: 4, lasts: [200, 2_000], on: 'process', early: true },
  'freeze briefly': { weight: 2, lasts: [300, 3_000], on: 'process', early: true },
  'freeze past the lock': { weight: 2, lasts: [9_000, 11_500], on: 'process', early: true },
  'redis killed': { weight: 2, lasts: [100, 3_000], on: 'redis' },
  'redis frozen': { weight: 1, lasts: [300, 3_000], on: 'redis' },
  'redis paused': { weight: 1, lasts: [300, 3_000], on: 'redis' },
  'redis full': { weight: 2, lasts: [500, 4_000], on: 'redis' },
  'redis cut': { weight: 2, lasts: [200, 3_000], on: 'redis link' },
  'redis slow': { weight: 1, lasts: [500, 4_000], on: 'redis link' },
  'redis silent': { weight: 2, lasts: [500, 4_000], on: 'redis link' },
  'redis answer lost': { weight: 4, lasts: [300, 300], on: 'redis link' },
  'vendor cut': { weight: 1, lasts: [200, 2_000], on: 'vendor link' },
  'vendor slow': { weight: 1, lasts: [500, 3_000], on: 'vendor link' },
  'vendor silent': { weight: 1, lasts: [500, 2_000], on: 'vendor link' },
  'vendor answer lost': { weight: 3, lasts: [300, 300], on: 'vendor link' },
  outage: { weight: 4, lasts: [200, 2_000], on: 'vendor' },
  'access tokens revoked': { weight: 4, lasts: [0, 0], on: undefined },
  'refresh token configured': { weight: 2, lasts: [0, 0], on: undefined },
};

/** How the token endpoint fails during an outage. */
export const OUTAGES = [
  '500',
  '429',
  '503 Retry-After',
  'hang',
  '403 JSON',
  '403 page',
  '404 page',
  '200 page',
];

/** Milliseconds by which a slow connection is late. */
const DELAY = [100, 900];

/**
 * @returns {{ seconds: number, rounds: { from: number, calm: number, until: number }[], faults: object[] }}
 *   times in milliseconds since the start
 */
export function scheduleOf({ seed, seconds, instances }) {
  const draw = drawer(seeded(seed));
  const length = ROUND.faults + ROUND.calm;
  const count = Math.max(1, Math.round((seconds * 1_000) / length));
  const rounds = Array.from({ length: count }, (_, index) => {
    const from = index * length;
    return { from, calm: from + ROUND.faults, until: from + length };
  });
  const faults = rounds.flatMap((round) => faultsOf(round, instances, draw));
  return { seconds: (count * length) / 1_000, rounds, faults };
}

function faultsOf(round, instances, draw) {
  const taken = new Map();
  const faults = [];
  for (let left = draw.between(PER_ROUND.least, PER_ROUND.most); left > 0; left--) {
    const kind = draw.weighted(KINDS);
    const { lasts, on, early = false } = KINDS[kind];
    const ms = draw.between(...lasts);
    const latest = round.calm - ms - (early ? EARLY : 0);
    const at = draw.between(round.from, latest);
    const fault = { at, until: at + ms, kind, ...detailsOf(kind, on, instances, draw) };
    if (isFree(taken, fault, on)) faults.push(fault);
  }
  return faults.sort((a, b) => a.at - b.at);
}

function detailsOf(kind, on, instances, draw) {
  const isOfInstance = on === 'process' || on?.endsWith('link');
  return {
    ...(isOfInstance && { instance: draw.between(0, instances - 1) }),
    ...(kind === 'outage' && { how: draw.one(OUTAGES) }),
    ...(kind.endsWith('slow') && { delay: draw.between(...DELAY) }),
    ...(kind === 'access tokens revoked' && { share: draw.one([0.2, 0.5, 1]) }),
    ...(kind === 'refresh token configured' && { family: draw.one(FAMILIES) }),
  };
}

/** No two faults at once on one thing, so that each one can end by restoring it. */
function isFree(taken, { at, until, instance }, on) {
  if (on === undefined) return true;
  const key = `${on} ${instance ?? ''}`;
  const others = taken.get(key) ?? [];
  if (others.some((other) => at < other.until + 500 && until + 500 > other.at)) return false;
  taken.set(key, [...others, { at, until }]);
  return true;
}

function drawer(random) {
  const between = (least, most) => Math.floor(least + random() * (most - least + 1));
  return {
    between,
    one: (list) => list[between(0, list.length - 1)],
    weighted(kinds) {
      const total = Object.values(kinds).reduce((sum, { weight }) => sum + weight, 0);
      let point = random() * total;
      return Object.keys(kinds).find((kind) => (point -= kinds[kind].weight) < 0);
    },
  };
}

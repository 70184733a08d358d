// A refresh token is sent once. The exceptions are those of the table in docs/shared-store.md.
import { instanceOf } from './history.mjs';
import { DEADLINE, LOCK_LIFE } from './settings.mjs';

/** Milliseconds for which the lock of a renewal holds at least after the vendor was asked. */
const LOCKED = LOCK_LIFE - DEADLINE - 500;

/** Milliseconds between what an instance reads from the store and the moment that the vendor is asked. */
const ON_THE_WAY = 2_000;

/** An answer that comes this much late may meet a renewal that is over: no token is sent after that. */
const LAST_QUARTER = DEADLINE / 4;

/** Refresh tokens that were sent again although no exception allows it. */
export function reuses(history) {
  return judgedReuses(history)
    .filter(({ forbidden }) => forbidden !== undefined)
    .map(({ first, again, forbidden }) => ({
      text: `${again.token}, used by ${first.caller}, was sent again by ${again.caller} after ${again.t - first.t} ms: ${forbidden}`,
      lines: history.around(first.t - 300, again.t + 200, isAbout(first)),
    }));
}

/** Each use of a refresh token after its first; `forbidden` says why it must not be. */
export function judgedReuses(history) {
  const firsts = new Map();
  const judged = [];
  for (const line of history.tokenRequests) {
    if (line.result === 'granted' && line.token !== undefined) firsts.set(line.token, line);
    if (!line.result.startsWith('reused')) continue;
    const first = firsts.get(line.token);
    judged.push({ first, again: line, forbidden: objectionTo(first, line, history) });
  }
  return judged;
}

function objectionTo(first, again, history) {
  const written = history.stored.find(
    ({ token, result, t }) => token === first.next && result === 'written' && t >= first.t,
  );
  const writtenAt = written?.t ?? Infinity;
  if (writtenAt < again.t - ON_THE_WAY) {
    return `its successor had been in the store for ${again.t - writtenAt} ms`;
  }
  const until = Math.min(writtenAt, again.t);
  const faults = history.faultsIn(first.t, until);
  const stalls = history.stallsOf([first.caller, 'conductor'], first.t, until);
  const isAnswerLost =
    faults.some((fault) => isOfLink(fault, 'vendor', first.caller)) ||
    stalls.some(({ by, ms }) => by === 'conductor' || ms >= LAST_QUARTER);
  if (isAnswerLost) return undefined;
  const isUnwritten = faults.some(
    (fault) =>
      isOfProcess(fault, first.caller) ||
      isOfLink(fault, 'redis', first.caller) ||
      isOfRedis(fault),
  );
  const isRedisLate = history.stallsOf(['redis'], first.t, until).length > 0;
  if (!isUnwritten && !isRedisLate) return 'no fault kept its successor from the store';
  return again.t - first.t < LOCKED ? 'the lock of its holder had not ended' : undefined;
}

function isOfProcess({ kind, target }, process) {
  return target === process && (kind === 'kill' || kind.startsWith('freeze'));
}

function isOfLink({ kind, target }, server, process) {
  return kind.startsWith(`${server} `) && target === instanceOf(process);
}

function isOfRedis({ kind, target }) {
  return kind.startsWith('redis ') && target === undefined;
}

function isAbout({ token, next, person }) {
  return (line) =>
    [token, next].includes(line.token) || (line.e === 'token' && line.person === person);
}

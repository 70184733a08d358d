// A refresh token is sent once. The exceptions are those of the table in docs/shared-store.md.
import { instanceOf } from './history.mjs';
import { DEADLINE, LOCK_LIFE } from './settings.mjs';

/** Milliseconds for which the lock of a renewal holds at least after the vendor was asked. */
const LOCKED = LOCK_LIFE - DEADLINE - 500;

/** Milliseconds between what an instance reads from the store and the moment that the vendor is asked. */
const ON_THE_WAY = 2_000;

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
  const faults = history.faultsIn(first.t, Math.min(writtenAt, again.t));
  const isStopped = faults.some(({ target, kind }) => target === first.caller && isOfProcess(kind));
  const isAnswerLost = faults.some((fault) => isOfLink(fault, 'vendor', first.caller));
  const isUnwritten = faults.some(
    (fault) => isOfLink(fault, 'redis', first.caller) || isOfRedis(fault),
  );
  if (isAnswerLost) return undefined;
  if (!isStopped && !isUnwritten) return 'no fault kept its successor from the store';
  return again.t - first.t < LOCKED ? 'the lock of its holder had not ended' : undefined;
}

function isOfProcess(kind) {
  return kind === 'kill' || kind.startsWith('freeze');
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

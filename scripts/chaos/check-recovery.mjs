// In each calm, every account of every instance is served from some seconds after the last fault on.
import { ACCOUNTS, LOCK_LIFE, RECOVERY } from './settings.mjs';

/** Milliseconds after which the operator has seen that a refresh token is dead, and has configured another. */
const OPERATOR = 1_500;

/** Failures of the vendor, after which a back-off is announced. */
const OF_VENDOR = /^(TOKEN_(ENDPOINT|REQUEST|RESPONSE)_|THROTTLED)/;

/** The longest back-off that a short outage may lead to, in milliseconds. */
const LONGEST_BACKOFF = 35_000;

export function recovers(history) {
  return recoveries(history)
    .filter(({ failed }) => failed.length > 0)
    .map((recovery) => violationOf(history, recovery));
}

/** Each account of each instance in each calm: the calls that must succeed, and those of them that failed. */
export function recoveries(history) {
  return history.calms.flatMap((calm) =>
    [...history.ready]
      .filter(([process, t]) => t < calm.t && history.endOf(process) > calm.until)
      .flatMap(([process]) =>
        ACCOUNTS.map((account) => recoveryOf(history, calm, process, account)),
      ),
  );
}

function recoveryOf(history, calm, process, account) {
  const calls = history.calls.filter(
    ({ start }) => start.by === process && start.account === account.name,
  );
  const excuses = excusesOf(history, calm, process, account, calls);
  const isJudged = ({ start, end }) =>
    start.t > calm.t &&
    start.t < calm.until - RECOVERY / 5 &&
    excuses.every(({ t, over }) => t > (end?.t ?? calm.until) || over + RECOVERY < start.t);
  const judged = calls.filter(isJudged);
  const failed = judged.filter(({ end }) => end?.outcome !== 'ok');
  return { calm, process, account, excuses, judged, failed };
}

function violationOf(history, { calm, process, account, excuses, judged, failed }) {
  const [{ start, end }] = failed;
  const isOurs = (line) =>
    (line.by === process && line.account === account.name && line.e === 'end') ||
    (line.e === 'token' && line.person === account.person);
  const over = excuses.filter(({ t }) => t <= start.t).map((excuse) => excuse.over);
  const late = start.t - Math.max(...over);
  return {
    text: `${failed.length} of ${judged.length} calls of ${account.name} at ${process} failed ${late} ms and more after the last fault: ${end?.outcome ?? 'no answer'}`,
    lines: history.around(calm.t - 3_000, start.t + 500, isOurs),
  };
}

/** What may keep an account from being served, from `t` until it is `over`. */
function excusesOf(history, calm, process, account, calls) {
  const isOurs = ({ person, result }) =>
    account.family !== undefined && person === account.person && result === 'reused';
  const locks = history
    .faultsIn(calm.t - LOCK_LIFE, calm.t)
    .filter(({ kind }) => kind === 'kill' || kind.startsWith('freeze'));
  const backoffs = calls.filter(
    ({ end }) => end && OF_VENDOR.test(end.outcome) && end.t < calm.t + RECOVERY,
  );
  return [
    { t: -Infinity, over: calm.t },
    ...locks.map(({ t }) => ({ t, over: t + LOCK_LIFE })),
    ...history.configured
      .filter(({ family }) => family === account.family)
      .map(({ t }) => ({ t, over: t })),
    ...history.tokenRequests.filter(isOurs).map(({ t }) => ({ t, over: t + OPERATOR })),
    ...backoffs.map(({ end: { t, retryAfter = 0 } }) => ({
      t,
      over: t + Math.min(retryAfter * 1_000, LONGEST_BACKOFF),
    })),
    ...history
      .stallsOf([process, 'conductor', 'redis'], calm.t, calm.until)
      .map(({ from, t }) => ({ t: from, over: t })),
  ];
}

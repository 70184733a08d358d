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
  const fault = lastExcuse(history, calm, process, account, calls);
  const until = calm.until - RECOVERY / 5;
  const judged = calls.filter(({ start: { t } }) => t > fault + RECOVERY && t < until);
  const failed = judged.filter(({ end }) => end?.outcome !== 'ok');
  return { calm, process, account, fault, judged, failed };
}

function violationOf(history, { calm, process, account, fault, judged, failed }) {
  const [{ start, end }] = failed;
  const isOurs = (line) =>
    (line.by === process && line.account === account.name && line.e === 'end') ||
    (line.e === 'token' && line.person === account.person);
  const late = start.t - fault;
  return {
    text: `${failed.length} of ${judged.length} calls of ${account.name} at ${process} failed ${late} ms and more after the last fault: ${end?.outcome ?? 'no answer'}`,
    lines: history.around(calm.t - 3_000, start.t + 500, isOurs),
  };
}

/** When the last thing ended that may keep an account from being served. */
function lastExcuse(history, calm, process, account, calls) {
  const before = (t) => t <= calm.until;
  const locks = history.faultsIn(calm.t - LOCK_LIFE, calm.t).filter(({ target, kind }) => {
    return target !== undefined && (kind === 'kill' || kind.startsWith('freeze'));
  });
  const configured = history.configured.filter(({ family }) => family === account.family);
  const dead = history.tokenRequests.filter(
    ({ person, result }) => account.family && person === account.person && result === 'reused',
  );
  const backoffs = calls.filter(
    ({ end }) => end && OF_VENDOR.test(end.outcome) && end.t < calm.t + RECOVERY,
  );
  const stalls = history.stallsOf(process, calm.t, calm.until);
  return Math.max(
    calm.t,
    ...stalls.map(({ t }) => t),
    ...locks.map(({ t }) => t + LOCK_LIFE),
    ...configured.map(({ t }) => t).filter(before),
    ...dead.map(({ t }) => t + OPERATOR).filter(before),
    ...backoffs.map(({ end }) => end.t + Math.min((end.retryAfter ?? 0) * 1_000, LONGEST_BACKOFF)),
  );
}

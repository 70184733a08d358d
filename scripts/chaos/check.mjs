// Judges a history. Each rule gives its violations: `{ rule, text, lines }`, where `lines` is the history around it.
import { reuses } from './check-reuse.mjs';
import { recovers } from './check-recovery.mjs';
import { accountNamed, History } from './history.mjs';
import { leakIn } from './secrets.mjs';
import { CALL_TIMEOUT, DEADLINE, SLACK } from './settings.mjs';

const RULES = {
  'every call is answered within its bound': answered,
  'an account gets no token but its own': ownTokens,
  'a refresh token is used once': reuses,
  'every account is served soon after the last fault': recovers,
  'a 401 is not repaired with an older token': repairs,
  'no secret is in Redis, in a log or in an error': secrets,
  'no process ends by itself, and no error is of an unknown kind': processes,
};

/**
 * @param lines the history
 * @returns {{ rule: string, text: string, lines: object[] }[]}
 */
export function check(lines) {
  const history = new History(lines);
  return Object.entries(RULES).flatMap(([rule, violationsIn]) =>
    violationsIn(history).map((violation) => ({ rule, ...violation })),
  );
}

function answered(history) {
  return history.calls.flatMap(({ start, end }) => {
    const bound = (start.way === 'token' ? DEADLINE : CALL_TIMEOUT) + SLACK;
    const until = Math.min(end?.t ?? Infinity, history.endOf(start.by));
    const took = until - start.t - history.stoodStill(start.by, start.t, until);
    const isKilled = !end && Number.isFinite(until) && took <= bound;
    if (isKilled && history.lines.some((line) => isKillOf(line, start.by))) return [];
    if (end && took <= bound) return [];
    const how = end ? `took ${took} ms` : 'was never answered';
    const isOurs = ({ id, by, account, e }) =>
      id === start.id || (by === start.by && e !== 'call' && account === start.account);
    const lines = history.around(start.t - 500, start.t + bound + 500, isOurs);
    return [{ text: `call ${start.id} of ${start.account} ${how} (bound ${bound} ms)`, lines }];
  });
}

function isKillOf({ e, kind, target }, process) {
  return e === 'fault' && kind === 'kill' && target === process;
}

function ownTokens(history) {
  const atApi = history.apiRequests.filter(({ account, person, scope }) => {
    const expected = accountNamed(account);
    return person !== undefined && (person !== expected.person || scope !== expected.scope);
  });
  const given = history.lines.filter(
    ({ e, account, got }) =>
      e === 'end' &&
      got !== undefined &&
      !got.startsWith(`access-${accountNamed(account).person}-`),
  );
  return [...atApi, ...given].map((line) => ({
    text: `${line.account} got ${line.token ?? line.got}${line.scope ? ` (${line.scope})` : ''}`,
    lines: history.around(line.t - 500, line.t + 500, ({ id }) => id === line.id),
  }));
}

/** The second request of a call carries what the instance has found or obtained instead of the rejected token. */
function repairs(history) {
  const rejectedAt = new Map();
  const first = new Map();
  return history.apiRequests.flatMap((line) => {
    const { id, caller, token, status, t } = line;
    const rejected = first.get(id);
    const known = rejectedAt.get(`${caller} ${token}`);
    if (status === 401 && known === undefined) rejectedAt.set(`${caller} ${token}`, t);
    first.set(id, rejected ?? line);
    if (!rejected || status !== 401) return [];
    const isKnown = known !== undefined && known < rejected.t;
    if (!isKnown && numberOf(token) >= numberOf(rejected.token)) return [];
    return [
      {
        text: `call ${id} of ${line.account}: ${rejected.token} was rejected, and ${token} was sent instead`,
        lines: history.around(rejected.t - 2_000, t + 100, ({ id: of, token: has }) =>
          [of === id, has === token].some(Boolean),
        ),
      },
    ];
  });
}

/** Tokens are numbered in the order in which they were issued. */
function numberOf(token) {
  return Number(/\d+$/.exec(token ?? '')?.[0] ?? 0);
}

function secrets({ lines }) {
  return lines.flatMap((line) => {
    const leak = line.e === 'leak' ? line.text : (line.leak ?? leakIn(line.text ?? ''));
    if (leak === undefined) return [];
    const where = line.where ?? (line.e === 'log' ? 'a log' : 'what a caller got');
    return [{ text: `${line.by}: a secret in ${where}: ${leak}`, lines: [line] }];
  });
}

function processes(history) {
  const { lines } = history;
  const around = ({ t, by }) => history.around(t - 500, t + 100, (line) => line.by === by);
  const ended = lines.filter(({ e }) => e === 'crash' || e === 'died');
  const slow = lines.filter(({ e, ms }) => e === 'closed' && ms > SLACK);
  const odd = lines.filter(({ e, outcome }) => e === 'end' && !isKnown(outcome));
  return [
    ...ended.map((line) => ({ text: `${line.by} ended: ${line.what}`, lines: around(line) })),
    ...slow.map((line) => ({
      text: `${line.by} took ${line.ms} ms to close`,
      lines: around(line),
    })),
    ...odd.map((line) => ({ text: `${line.id}: ${line.outcome}`, lines: [line] })),
  ];
}

function isKnown(outcome) {
  return outcome === 'ok' || /^(API \d{3}|[A-Z][A-Z\d_]+)$/.test(outcome);
}

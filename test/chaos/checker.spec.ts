import { describe, expect, it } from '@jest/globals';

import { check, type Line } from '../../scripts/chaos/check.mjs';

type Facts = Readonly<Record<string, unknown>>;

const line = (t: number, by: string, e: string, facts: Facts = {}): Line => ({
  t,
  by,
  e,
  ...facts,
});
const call = (t: number, id: string, account = 'solo', way = 'http') =>
  line(t, processOf(id), 'call', { id, account, way });
const end = (t: number, id: string, outcome = 'ok', facts: Facts = {}) =>
  line(t, processOf(id), 'end', { id, account: 'solo', way: 'http', outcome, ...facts });
const fault = (from: number, over: number, kind: string, target?: string) => [
  line(from, 'conductor', 'fault', { n: from, kind, target }),
  line(over, 'conductor', 'over', { n: from, kind, target }),
];
const asked = (t: number, caller: string, token: string, result = 'granted') =>
  line(t, 'vendor', 'token', { caller, token, result, person: 'solo', next: `after-${token}` });
const stored = (t: number, by: string, token: string) =>
  line(t, by, 'store', { op: 'set', token: `after-${token}`, result: 'written' });
const api = (t: number, id: string, token: string, facts: Facts = {}) =>
  line(t, 'vendor', 'api', {
    caller: processOf(id),
    id,
    account: 'login/ama',
    person: 'ama',
    token,
    status: 200,
    ...facts,
  });

/** `i0#1` of `i0#1-7`. */
function processOf(id: string): string {
  return id.split('-')[0]!;
}

/** The texts of what a history breaks. */
function problemsIn(...lines: (Line | Line[])[]): string[] {
  return check(lines.flat().sort((a, b) => a.t - b.t)).map(({ text }) => text);
}

describe('the checker of the random schedule: calls', () => {
  it('accepts a call that fails within its bound', () => {
    expect(problemsIn(call(0, 'i0#1-1'), end(5_000, 'i0#1-1', 'STORE_UNAVAILABLE'))).toEqual([]);
  });

  it('finds a call that is never answered', () => {
    const [problem] = problemsIn(call(0, 'i0#1-1'), line(20_000, 'i0#1', 'closed', { ms: 1 }));
    expect(problem).toBe('call i0#1-1 of solo was never answered (bound 6500 ms)');
  });

  it('finds a call that is answered too late', () => {
    const [problem] = problemsIn(call(0, 'i0#1-1'), end(6_600, 'i0#1-1'));
    expect(problem).toBe('call i0#1-1 of solo took 6600 ms (bound 6500 ms)');
  });

  it('finds a call of the token provider that takes longer than the deadline', () => {
    const lines = [call(0, 'i0#1-1', 'solo', 'token'), end(5_000, 'i0#1-1')];
    expect(problemsIn(lines)).toEqual(['call i0#1-1 of solo took 5000 ms (bound 4500 ms)']);
  });

  it('does not count the time in which the process stood still', () => {
    const stall = line(9_000, 'i0#1', 'stall', { ms: 8_000 });
    expect(problemsIn(call(0, 'i0#1-1'), stall, end(9_100, 'i0#1-1'))).toEqual([]);
  });

  it('expects no answer from a process that was killed', () => {
    expect(problemsIn(call(0, 'i0#1-1'), fault(2_000, 3_000, 'kill', 'i0#1'))).toEqual([]);
  });

  it('finds a call that hung long before its process was killed', () => {
    const lines = [call(0, 'i0#1-1'), ...fault(9_000, 9_500, 'kill', 'i0#1')];
    expect(problemsIn(lines)).toEqual(['call i0#1-1 of solo was never answered (bound 6500 ms)']);
  });
});

describe('the checker of the random schedule: tokens of the right account', () => {
  it('finds a request that carries the token of somebody else', () => {
    const lines = [api(1, 'i0#1-1', 'access-kofi-3', { person: 'kofi' })];
    expect(problemsIn(lines)).toEqual(['login/ama got access-kofi-3']);
  });

  it('finds a token of another scope', () => {
    const facts = { account: 'consent/esi/read', person: 'esi', scope: 'write' };
    expect(problemsIn(api(1, 'i0#1-1', 'access-esi-3', facts))).toEqual([
      'consent/esi/read got access-esi-3 (write)',
    ]);
  });

  it('finds a token of somebody else that a token provider gives', () => {
    const lines = [call(0, 'i0#1-1'), end(1, 'i0#1-1', 'ok', { got: 'access-yaw-3' })];
    expect(problemsIn(lines)).toEqual(['solo got access-yaw-3']);
  });

  it('accepts a 401 that is repaired with a newer token', () => {
    const rejected = { status: 401 };
    const lines = [api(1, 'i0#1-1', 'access-ama-1', rejected), api(9, 'i0#1-1', 'access-ama-2')];
    expect(problemsIn(lines)).toEqual([]);
  });

  it('finds a 401 that is repaired with an older token', () => {
    const rejected = { status: 401 };
    const lines = [
      api(1, 'i0#1-1', 'access-ama-2', rejected),
      api(9, 'i0#1-1', 'access-ama-1', rejected),
    ];
    expect(problemsIn(lines)).toEqual([
      'call i0#1-1 of login/ama: access-ama-2 was rejected, and access-ama-1 was sent instead',
    ]);
  });
});

describe('the checker of the random schedule: refresh tokens', () => {
  const again = (t: number, caller: string) => asked(t, caller, 'r1', 'reused');

  it('finds one that is sent again although its successor was in the store', () => {
    const lines = [asked(0, 'i0#1', 'r1'), stored(50, 'i0#1', 'r1'), again(9_000, 'i1#1')];
    expect(problemsIn(lines)).toEqual([
      'r1, used by i0#1, was sent again by i1#1 after 9000 ms: its successor had been in the store for 8950 ms',
    ]);
  });

  it('finds one that is sent again without any fault', () => {
    const [problem] = problemsIn(asked(0, 'i0#1', 'r1'), again(60, 'i1#1'));
    expect(problem).toContain('no fault kept its successor from the store');
  });

  it('allows it where the holder was killed before its write, once its lock has ended', () => {
    const killed = fault(20, 1_000, 'kill', 'i0#1');
    expect(problemsIn(asked(0, 'i0#1', 'r1'), killed, again(7_900, 'i1#1'))).toEqual([]);
  });

  it('does not allow it while the lock of the killed holder lives', () => {
    const killed = fault(20, 1_000, 'kill', 'i0#1');
    const [problem] = problemsIn(asked(0, 'i0#1', 'r1'), killed, again(2_000, 'i1#1'));
    expect(problem).toContain('the lock of its holder had not ended');
  });

  it('does not allow it to an instance that was frozen itself while others went on', () => {
    const lines = [asked(0, 'i0#1', 'r1'), stored(50, 'i0#1', 'r1'), again(11_000, 'i1#1')];
    expect(problemsIn(lines, fault(-100, 10_900, 'freeze past the lock', 'i1#1'))).toHaveLength(1);
  });

  it('allows the holder to ask once more after its answer was lost', () => {
    const lost = fault(-10, 290, 'vendor answer lost', 'i0');
    expect(problemsIn(asked(0, 'i0#1', 'r1'), lost, again(300, 'i0#1'))).toEqual([]);
  });

  it('does not allow it because of a fault that is over before the token is used', () => {
    const lost = fault(-900, -600, 'vendor answer lost', 'i0');
    expect(problemsIn(asked(0, 'i0#1', 'r1'), lost, again(300, 'i0#1'))).toHaveLength(1);
  });
});

describe('the checker of the random schedule: recovery', () => {
  const calm = line(20_000, 'conductor', 'calm', { until: 30_000 });
  const ready = line(0, 'i0#1', 'ready');
  const failing = (from: number, until: number, code = 'STORE_UNAVAILABLE') =>
    Array.from({ length: (until - from) / 500 }, (_, index) => {
      const t = from + index * 500;
      return [call(t, `i0#1-${t}`), end(t + 1, `i0#1-${t}`, code, { retryAfter: 9 })];
    }).flat();

  it('accepts failures until five seconds after the last fault', () => {
    expect(problemsIn(ready, calm, failing(18_000, 25_000))).toEqual([]);
  });

  it('finds an account that fails for longer', () => {
    expect(problemsIn(ready, calm, failing(18_000, 27_000))).toEqual([
      '3 of 3 calls of solo at i0#1 failed 5500 ms and more after the last fault: STORE_UNAVAILABLE',
    ]);
  });

  it('counts from the end of the lock of an instance that was killed', () => {
    const killed = fault(17_000, 17_500, 'kill', 'i1#1');
    expect(problemsIn(ready, calm, killed, failing(18_000, 27_000))).toEqual([]);
  });

  it('counts from the moment at which a new refresh token is configured', () => {
    const configured = line(23_000, 'operator', 'configured', { family: 'solo' });
    const code = 'REAUTHENTICATION_REQUIRED';
    expect(problemsIn(ready, calm, configured, failing(18_000, 28_000, code))).toEqual([]);
  });

  it('accepts a back-off that the failure of the vendor has announced', () => {
    const lines = failing(18_000, 27_000, 'TOKEN_ENDPOINT_UNAVAILABLE');
    expect(problemsIn(ready, calm, lines)).toEqual([]);
  });

  it('says nothing of an instance that starts during the calm', () => {
    const late = line(21_000, 'i0#1', 'ready');
    expect(problemsIn(late, calm, failing(21_000, 29_000))).toEqual([]);
  });
});

describe('the checker of the random schedule: secrets and processes', () => {
  it.each([
    ['as it is', 'canary-password'],
    ['in base64', Buffer.from('{"token":"canary-1"}').toString('base64')],
    ['in base64 at another offset', Buffer.from('{"a":"canary-1"}').toString('base64url')],
    ['in hexadecimal digits', Buffer.from('a canary-1').toString('hex')],
  ])('finds a secret in a log %s', (_, text) => {
    const [problem] = problemsIn(line(1, 'i0#1', 'log', { text: `failed: ${text}` }));
    expect(problem).toContain('i0#1: a secret in a log');
  });

  it('finds a secret that an instance has found in an error, and one in Redis', () => {
    const lines = [
      call(0, 'i0#1-1'),
      end(1, 'i0#1-1', 'ok', { leak: 'canary-1' }),
      line(2, 'redis', 'leak', { where: 'MONITOR', text: 'canary-2' }),
    ];
    expect(problemsIn(lines)).toEqual([
      'i0#1: a secret in what a caller got: canary-1',
      'redis: a secret in MONITOR: canary-2',
    ]);
  });

  it('finds a process that ends by itself, and one that closes slowly', () => {
    const lines = [
      line(1, 'i0#1', 'crash', { what: 'uncaught exception' }),
      line(2, 'i1#1', 'closed', { ms: 3_000 }),
    ];
    expect(problemsIn(lines)).toEqual([
      'i0#1 ended: uncaught exception',
      'i1#1 took 3000 ms to close',
    ]);
  });

  it('finds an error of an unknown kind', () => {
    const lines = [call(0, 'i0#1-1'), end(1, 'i0#1-1', 'TypeError: x is not a function')];
    expect(problemsIn(lines)).toEqual(['i0#1-1: TypeError: x is not a function']);
  });
});

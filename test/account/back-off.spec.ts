import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  areNew,
  backOff,
  backOffOfOthers,
  mayLook,
  type Backoff,
} from '../../lib/account/backoff.js';
import type { OAuth2ClientError } from '../../lib/core/errors.js';
import { rejection, settle } from '../support/collect.js';
import { permanent, transient } from '../support/failures.js';
import { ProviderBench } from '../support/provider-bench.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Seconds at which requests are made when calls come every `every` ms for `duration` ms. */
async function requestTimes(
  failure: OAuth2ClientError,
  { duration, every, callers = 1 }: { duration: number; every: number; callers?: number },
) {
  Error.stackTraceLimit = 0; // tens of thousands of errors, and jest maps the stack of each
  const bench = new ProviderBench();
  const times: number[] = [];
  const start = bench.clock.monotonic();
  bench.source.onAsk = (ask) => {
    times.push((bench.clock.monotonic() - start) / SECOND);
    ask.fail(failure);
  };
  for (let ms = 0; ms < duration; ms += every) {
    const { values } = await settle(bench.herd(callers));
    expect(values).toEqual([]);
    bench.clock.advance(every);
  }
  return times;
}

const { stackTraceLimit } = Error;
afterEach(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

describe('a dead token endpoint', () => {
  it('a dead token endpoint is asked after 1, 2, 4, 8, 16, 30, 30 … seconds', async () => {
    const times = await requestTimes(transient(), { duration: 2 * MINUTE, every: 100 });
    expect(times).toEqual([0, 1, 3, 7, 15, 31, 61, 91]);
  });

  it('a dead token endpoint gets six requests in a minute of 1,000 calls a second', async () => {
    const times = await requestTimes(transient(), { duration: MINUTE, every: 20, callers: 20 });
    expect(times).toHaveLength(6);
  });
});

describe('a refusal that locks no account', () => {
  const odd = permanent({ mayLockAccount: false, grantRefused: false });

  it('a refusal that locks no account is retried after 1, 2, 4 … 256, 300, 300 … seconds', async () => {
    const times = await requestTimes(odd, { duration: 20 * MINUTE, every: 500 });
    expect(times).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1111]);
  });
});

describe('a wrong password', () => {
  it('a wrong password is retried after 30 s, 1, 2, 4, 5, 5 … minutes', async () => {
    const times = await requestTimes(permanent(), { duration: 20 * MINUTE, every: 500 });
    expect(times).toEqual([0, 30, 90, 210, 450, 750, 1050]);
  });

  it('2,000 callers send a wrong password no more often than one caller', async () => {
    const times = await requestTimes(permanent(), {
      duration: MINUTE,
      every: 10_000,
      callers: 2e3,
    });
    expect(times).toEqual([0, 30]);
  });
});

describe('Retry-After', () => {
  it.each([
    ['longer than the schedule is obeyed', 90, [0, 90, 180]],
    [
      'shorter than the schedule does not shorten it',
      2,
      [0, 2, 4, 8, 16, 32, 62, 92, 122, 152, 182],
    ],
  ])('a Retry-After that is %s', async (_what, retryAfter, expected) => {
    const failure = transient({ code: 'THROTTLED', status: 429, retryAfter });
    const times = await requestTimes(failure, { duration: 200 * SECOND, every: 500 });
    expect(times).toEqual(expected);
  });

  it.each([3_601, 1e9, Number.MAX_VALUE, Infinity])(
    'a Retry-After of %d s counts as an hour',
    async (seconds) => {
      const failure = transient({ retryAfter: seconds });
      const times = await requestTimes(failure, { duration: 65 * MINUTE, every: 10_000 });
      expect(times).toEqual([0, 3_600]);
    },
  );
});

describe('the first success after failures', () => {
  it('a success resets the back-off schedule', async () => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) =>
      ask.number === 3 ? ask.grant({ expiresIn: 0 }) : ask.fail(transient());
    await rejection(bench.token());
    bench.clock.advance(SECOND);
    await rejection(bench.token());
    bench.clock.advance(2 * SECOND);
    expect(await bench.token()).toBe('token-3');
    bench.clock.advance(SECOND);
    expect(await rejection(bench.token())).toMatchObject({ retryAfter: 1 });
    expect(bench.provider.status()).toMatchObject({ failures: 1, retryAfter: 1 });
  });
});

describe('new credentials', () => {
  /** A provider whose credentials were refused just now. */
  async function refused({ mayChange = true, failure = permanent() } = {}) {
    const bench = new ProviderBench();
    bench.source.credentialsMayChange = mayChange;
    bench.source.onAsk = (ask) => ask.fail(failure);
    await rejection(bench.token());
    bench.source.onAsk = (ask) => ask.grant();
    return bench;
  }

  it('new credentials end the back-off of the refused ones', async () => {
    const bench = await refused();
    bench.clock.advance(SECOND);
    bench.source.accountKey = 'account with the next credentials';
    expect(await bench.token()).toBe('token-2');
    expect(bench.provider.status()).toMatchObject({ failures: 0, retryAfter: 0 });
  });

  it('a held-back account looks for new credentials at most once a second', async () => {
    const bench = await refused();
    const prepared = bench.source.prepared.length;
    for (let ms = 0; ms < 20 * SECOND; ms += 100) {
      const { errors } = await settle(bench.herd(5));
      expect(errors[0]).toMatchObject({ code: 'CREDENTIALS_REJECTED' });
      bench.clock.advance(100);
    }
    expect(bench.source.prepared.length - prepared).toBeLessThanOrEqual(20);
    expect(bench.source.prepared.length - prepared).toBeGreaterThan(15);
    expect(bench.source.asks).toHaveLength(1);
    expect(bench.provider.status()).toMatchObject({ failures: 1, retryAfter: 10 });
    expect(bench.eventTypes()).toEqual(['token.failed']);
  });

  it('credentials that differ each time are tried less often after each refusal', async () => {
    const bench = await refused();
    bench.source.onAsk = (ask) => ask.fail(permanent());
    const looks: number[] = [];
    for (const [i, pause] of [0, 1_999, 1, 3_999, 1, 4_000, 4_000].entries()) {
      bench.clock.advance(pause);
      bench.source.accountKey = `account with other credentials ${i}`;
      await rejection(bench.token());
      looks.push(bench.source.asks.length);
    }
    expect(looks).toEqual([2, 2, 3, 3, 4, 4, 5]);
  });

  it('new credentials are tried within 4 s once a look has seen the refused ones unchanged', async () => {
    const bench = await refused();
    bench.source.onAsk = (ask) => ask.fail(permanent());
    for (const pause of [30, 60, 120, 240, 300, 300]) {
      bench.clock.advance(pause * SECOND);
      await rejection(bench.token());
    }
    const asked = bench.source.asks.length;
    bench.clock.advance(4 * SECOND);
    await rejection(bench.token()); // looks, and finds the refused ones
    bench.source.onAsk = (ask) => ask.grant();
    bench.source.accountKey = 'account with the next credentials';
    bench.clock.advance(4 * SECOND);
    expect(await bench.token()).toBe(`token-${asked + 1}`);
  });

  it.each([
    ['that are constants', { mayChange: false }],
    ['after a failure with another cause', { failure: transient({ retryAfter: 30 }) }],
  ])('no account looks for new credentials %s', async (_what, how) => {
    const bench = await refused(how);
    bench.source.accountKey = 'account with the next credentials';
    bench.clock.advance(29 * SECOND);
    await rejection(bench.token());
    expect(bench.source.prepared).toHaveLength(1);
  });

  it('a failed look for new credentials causes no early attempt', async () => {
    const bench = await refused();
    bench.source.onAsk = (ask) => ask.fail(permanent());
    bench.source.onPrepare = () => {
      throw transient({ code: 'CREDENTIALS_UNAVAILABLE', stage: 'credentials' });
    };
    bench.clock.advance(SECOND);
    await rejection(bench.token());
    bench.source.onPrepare = () => {};
    for (let second = 1; second < 29; second++) {
      bench.clock.advance(SECOND);
      await rejection(bench.token());
    }
    expect(bench.source.asks).toHaveLength(1);
  });

  it('a refusal of new credentials continues the back-off schedule', async () => {
    const bench = await refused();
    bench.source.onAsk = (ask) => ask.fail(permanent());
    bench.clock.advance(SECOND);
    bench.source.accountKey = 'account with the next credentials';
    await rejection(bench.token());
    expect(bench.provider.status()).toMatchObject({ failures: 2, retryAfter: 60 });
  });
});

describe('failures of several kinds', () => {
  const dead = permanent({ code: 'REAUTHENTICATION_REQUIRED' });
  const odd = permanent({ mayLockAccount: false, grantRefused: false });

  it('each kind of failure doubles its own wait', () => {
    let backoff: Backoff | undefined;
    const waits = [transient(), odd, transient(), dead, odd, dead].map((failure) => {
      backoff = backOff(backoff, failure, undefined, false, 0);
      return backoff.notBefore / SECOND;
    });
    expect(waits).toEqual([1, 1, 2, 30, 2, 60]);
    expect(backoff?.failures).toBe(6);
  });
});

describe('the back-off after any series of failures', () => {
  const failure = fc
    .record({
      retryable: fc.boolean(),
      mayLockAccount: fc.boolean(),
      code: fc.constantFrom('REAUTHENTICATION_REQUIRED', 'TOKEN_REQUEST_REJECTED'),
      retryAfter: fc.option(fc.oneof(fc.nat({ max: 10_000 }), fc.constant(Infinity)), {
        nil: undefined,
      }),
    })
    .map((details) => transient(details));
  const series = fc.array(fc.tuple(failure, fc.boolean()), { minLength: 1, maxLength: 2_000 });

  it('the back-off stays within its bounds after any series of failures', () => {
    fc.assert(
      fc.property(series, (failures) => {
        let previous: Backoff | undefined;
        for (const [failure, serving] of failures) {
          const now = (previous?.notBefore ?? 0) + 1;
          previous = backOff(previous, failure, undefined, serving, now);
          const wait = (previous.notBefore - now) / SECOND;
          const isDead = failure.code === 'REAUTHENTICATION_REQUIRED';
          const isRare = isDead || failure.mayLockAccount;
          expect(wait).toBeGreaterThanOrEqual(isRare ? 30 : serving ? 3 : 1);
          const longest = failure.retryAfter === undefined && !isDead ? 300 : 3_600;
          expect(wait).toBeLessThanOrEqual(longest);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('the back-off after one failure', () => {
  const NOW = 5_000;
  const after = (failure: OAuth2ClientError, serving = false, previous?: Backoff) =>
    backOff(previous, failure, undefined, serving, NOW);
  const dead = permanent({ code: 'REAUTHENTICATION_REQUIRED' });
  const odd = permanent({ mayLockAccount: false, grantRefused: false });
  const store = transient({ code: 'STORE_UNAVAILABLE', evaluated: false });

  it.each<[string, OAuth2ClientError, boolean, number]>([
    ['a temporary failure', transient(), false, 1_000],
    ['a temporary failure while a token serves', transient(), true, 3_000],
    ['a refusal', odd, false, 1_000],
    ['a refusal while a token serves', odd, true, 3_000],
    ['a wrong password', permanent(), true, 30_000],
    ['a refused refresh token', dead, true, 30_000],
    ['a failure of the store', store, false, 1_000],
    ['a failure of the store while a token serves', store, true, 1_000],
    ['a Retry-After of an hour', transient({ retryAfter: 3_600 }), false, 3_600_000],
    ['a longer Retry-After', transient({ retryAfter: 3_601 }), false, 3_600_000],
    ['a short Retry-After while a token serves', transient({ retryAfter: 2 }), true, 3_000],
  ])('after %s, an account waits', (_what, failure, serving, wait) => {
    expect(after(failure, serving).notBefore).toBe(NOW + wait);
  });

  it.each<[string, OAuth2ClientError, number]>([
    ['a temporary failure', transient(), 30_000],
    ['a refusal', odd, 300_000],
    ['a wrong password', permanent(), 300_000],
    ['a refused refresh token', dead, 3_600_000],
  ])('the wait after %s doubles up to a limit', (_what, failure, longest) => {
    let backoff: Backoff | undefined;
    for (let i = 0; i < 20; i++) backoff = after(failure, false, backoff);
    expect(backoff).toMatchObject({ notBefore: NOW + longest, failures: 20 });
  });

  it.each<[string, OAuth2ClientError, boolean]>([
    ['an unavailable store', store, true],
    [
      'a lock that another instance held',
      transient({ code: 'TOKEN_REQUEST_TIMEOUT', evaluated: false }),
      true,
    ],
    [
      'credentials that were late',
      transient({ code: 'TOKEN_REQUEST_TIMEOUT', stage: 'credentials' }),
      false,
    ],
    ['a token endpoint that was late', transient({ code: 'TOKEN_REQUEST_TIMEOUT' }), false],
    ['another failure without evaluation', transient({ evaluated: false }), false],
  ])(
    'only a failure of the store adds no failure to the back-off: %s',
    (_what, failure, isOfStore) => {
      const before = after(transient());
      const backoff = after(failure, false, before);
      expect(backoff.failures).toBe(isOfStore ? 1 : 2);
      expect(backoff.notBefore).toBe(NOW + (isOfStore ? 1_000 : 2_000));
    },
  );

  it('a failure of the store before all others counts no failure', () => {
    expect(after(store).failures).toBe(0);
    expect(after(transient(), false, after(store)).notBefore).toBe(NOW + 1_000);
  });

  it('the failure of another instance holds back until its time and counts once', () => {
    const askedWith = { accountKey: 'key' };
    const failure = transient();
    const first = backOffOfOthers(undefined, failure, askedWith, 9_000);
    expect(first).toMatchObject({ failure, askedWith, failures: 1, notBefore: 9_000 });
    expect(mayLook(first, 0)).toBe(true);
    const own = after(transient(), false, after(transient()));
    const next = backOffOfOthers(own, failure, undefined, 9_000);
    expect(next).toMatchObject({ failures: 2, notBefore: 9_000 });
    expect(after(transient(), false, next).notBefore).toBe(NOW + 4_000);
    expect(after(transient(), false, first).notBefore).toBe(NOW + 1_000);
  });
});

describe('the looks for new credentials', () => {
  const OLD = { accountKey: 'old', configuredRefreshToken: 'refresh' };
  const failed = (times: number) => {
    let backoff: Backoff | undefined;
    for (let i = 0; i < times; i++) backoff = backOff(backoff, permanent(), OLD, false, 0);
    return backoff!;
  };

  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [9, 4_000],
  ])('after %i failures, a call may look every %i ms', (failures, interval) => {
    const backoff = failed(failures);
    expect([mayLook(backoff, 0), mayLook(backoff, interval - 1)]).toEqual([true, false]);
    expect([mayLook(backoff, interval), mayLook(backoff, interval + 1)]).toEqual([true, false]);
  });

  it.each([
    ['the same credentials', false, OLD],
    ['another account key', true, { ...OLD, accountKey: 'new' }],
    ['another refresh token', true, { ...OLD, configuredRefreshToken: 'new' }],
    ['no refresh token', true, { accountKey: 'old' }],
  ])('a look that finds %s causes an attempt: %s', (_what, expected, found) => {
    expect(areNew(failed(1), found, 0)).toBe(expected);
  });

  it('credentials are new if the ones before could not be resolved', () => {
    const backoff = backOff(undefined, permanent(), undefined, false, 0);
    expect(areNew(backoff, OLD, 0)).toBe(true);
  });

  it.each([
    [1, 1_000],
    [2, 2_000],
    [5, 16_000],
    [6, 30_000],
    [20, 30_000],
  ])('after %i failures, different credentials cause an attempt every %i ms', (failures, ms) => {
    const backoff = failed(failures);
    const found = { accountKey: 'new' };
    expect([areNew(backoff, found, 0), areNew(backoff, found, ms - 1)]).toEqual([true, false]);
    expect(areNew(backoff, found, ms)).toBe(true);
  });

  it('credentials that change after they were steady cause an attempt at once', () => {
    const backoff = failed(20);
    const found = { accountKey: 'new' };
    areNew(backoff, found, 0);
    expect(areNew(backoff, found, 1)).toBe(false);
    expect(areNew(backoff, OLD, 2)).toBe(false);
    expect(areNew(backoff, found, 3)).toBe(true);
  });

  it('the back-off remembers its looks and attempts after the next failure', () => {
    const backoff = failed(1);
    mayLook(backoff, 500);
    areNew(backoff, { accountKey: 'new' }, 600);
    const next = backOff(backoff, permanent(), OLD, false, 1_000);
    expect(next).toMatchObject({ lookedAt: 500, newCredentialsAt: 600 });
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  attempts,
  forRefreshToken,
  notAfter,
  toolsFor,
  type AttemptPolicy,
  type AttemptTools,
} from '../../lib/core/attempts.js';
import type { Instant } from '../../lib/util/clock.js';
import { rejection } from '../support/collect.js';
import { permanent, transient, unevaluated } from '../support/failures.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle } from '../support/provider-bench.js';

const REPEATABLE: AttemptPolicy = { evaluations: Infinity };
const PASSWORD: AttemptPolicy = { evaluations: 1 };
const REFRESH_TOKEN: AttemptPolicy = { evaluations: 2 };
const DEADLINE = 10_000;

interface Circumstances {
  readonly random?: () => number;
  /** Milliseconds that each attempt takes. */
  readonly took?: number;
  readonly deadline?: number;
  readonly isProbe?: boolean;
}

/** Runs attempts that fail with the given failures and then succeed. Time passes whenever they wait. */
async function run(
  policy: AttemptPolicy,
  failures: Error[] | ((sentAt: number) => Error | undefined),
  { random = () => 0.5, took = 0, deadline = DEADLINE, isProbe = false }: Circumstances = {},
) {
  const clock = new ManualClock();
  const start = clock.monotonic();
  const { signal } = new AbortController();
  const tools = toolsFor({ clock, random, deadline }, { signal, isProbe });
  const times: number[] = [];
  const attempt = ({ monotonic }: Instant) => {
    times.push(monotonic - start);
    const failure =
      typeof failures === 'function' ? failures(times.at(-1)!) : failures[times.length - 1];
    clock.advance(took);
    return failure ? Promise.reject(failure) : Promise.resolve(`response ${times.length}`);
  };
  const used: AttemptTools = policy === REFRESH_TOKEN ? forRefreshToken(tools) : tools;
  const result = attempts(policy, used, attempt).catch((error: unknown) => error);
  await idle();
  while (clock.pending > 0) {
    clock.advanceToTimer();
    await idle();
  }
  return { result: await result, times, clock };
}

describe('a grant that may be repeated', () => {
  it('a request that may be repeated is sent six times after transient failures', async () => {
    const failures = Array.from({ length: 7 }, (_, i) => transient({ status: 500 + i }));
    const { result, times } = await run(REPEATABLE, failures);
    expect(times).toHaveLength(6);
    expect(result).toBe(failures[5]);
  });

  it('the first attempt that succeeds ends the attempts', async () => {
    const { result, times } = await run(REPEATABLE, [transient()]);
    expect([result, times.length]).toEqual(['response 2', 2]);
  });

  it('a permanent failure ends the attempts', async () => {
    const { times } = await run(REPEATABLE, [permanent()]);
    expect(times).toHaveLength(1);
  });

  it('an error of an unknown class ends the attempts', async () => {
    const { times } = await run(REPEATABLE, [new TypeError('broken')]);
    expect(times).toHaveLength(1);
  });

  it('a probe sends one request only', async () => {
    const { times } = await run(REPEATABLE, [unevaluated()], { isProbe: true });
    expect(times).toHaveLength(1);
  });
});

describe('a password', () => {
  it('a password is sent once if the server may have evaluated it', async () => {
    const { times } = await run(PASSWORD, [transient({ status: 500 })]);
    expect(times).toHaveLength(1);
  });

  it('a password is sent up to six times if the server certainly did not evaluate it', async () => {
    const { times } = await run(PASSWORD, () => unevaluated());
    expect(times).toHaveLength(6);
  });

  it('a password is not sent again once the server may have evaluated it', async () => {
    const { times } = await run(PASSWORD, [unevaluated(), transient()]);
    expect(times).toHaveLength(2);
  });
});

describe('a refresh token', () => {
  it('a refresh token is sent a second time only when a restarting server is back', async () => {
    for (const random of [0, 0.5, 1]) {
      const { times } = await run(REFRESH_TOKEN, () => transient(), { random: () => random });
      expect(times).toHaveLength(2);
      expect(times[1]).toBeGreaterThan(2_000);
    }
  });

  it('a refresh token is sent up to six times if the server certainly did not evaluate it', async () => {
    const { times } = await run(REFRESH_TOKEN, () => unevaluated());
    expect(times).toHaveLength(6);
  });

  it('a refresh token is never sent in the last quarter of the deadline', async () => {
    const chance = fc.double({ min: 0, max: 1, noNaN: true });
    const failure = fc.constantFrom(transient(), unevaluated(), transient({ retryAfter: 6 }));
    await fc.assert(
      fc.asyncProperty(chance, fc.nat({ max: 4_000 }), failure, async (random, took, error) => {
        const { times } = await run(REFRESH_TOKEN, () => error, { random: () => random, took });
        expect(Math.max(...times)).toBeLessThan(0.75 * DEADLINE);
      }),
      { numRuns: 100 },
    );
  });
});

describe('an endpoint that is away for two seconds', () => {
  const chance = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true }));
  const away = (error: Error) => (sentAt: number) => (sentAt < 2_000 ? error : undefined);

  it('an endpoint that is away for two seconds fails no renewal with half a second to spare', async () => {
    const deadlines = fc.integer({ min: 2_500, max: 600_000 });
    await fc.assert(
      fc.asyncProperty(chance, deadlines, async (chances, deadline) => {
        const random = () => chances.next().value;
        for (const policy of [REPEATABLE, PASSWORD]) {
          const { result } = await run(policy, away(unevaluated()), { random, deadline });
          expect(result).toMatch('response');
        }
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['refuses connections', unevaluated()],
    ['breaks off connections', transient({ status: undefined })],
  ])('an endpoint that %s for two seconds fails no refresh', async (_what, error) => {
    await fc.assert(
      fc.asyncProperty(chance, async (chances) => {
        const random = () => chances.next().value;
        const { result } = await run(REFRESH_TOKEN, away(error), { random });
        expect(result).toMatch('response');
      }),
      { numRuns: 100 },
    );
  });
});

describe('the pause between attempts', () => {
  const pausesOf = (times: readonly number[]) =>
    times.slice(1).map((time, i) => time - (times[i] ?? 0));

  it('the pause doubles from 250 ms, and half of it is random', async () => {
    const pauses = async (random: number) =>
      pausesOf((await run(REPEATABLE, () => transient(), { random: () => random })).times);
    expect(await pauses(0)).toEqual([125, 250, 500, 1_000, 2_000]);
    expect(await pauses(0.5)).toEqual([187.5, 375, 750, 1_500, 3_000]);
    expect(await pauses(1)).toEqual([250, 500, 1_000, 2_000, (DEADLINE - 3_750) / 2]);
  });

  it('the pause never takes more than half of the time that is left', async () => {
    const chance = fc.double({ min: 0, max: 1, noNaN: true });
    const deadlines = fc.integer({ min: 1, max: 600_000 });
    await fc.assert(
      fc.asyncProperty(deadlines, chance, async (deadline, random) => {
        const failing = () => transient();
        const { times } = await run(REPEATABLE, failing, { deadline, random: () => random });
        expect(times).toHaveLength(6);
        for (const [i, pause] of pausesOf(times).entries()) {
          expect(pause).toBeLessThanOrEqual((deadline - times[i]!) / 2 + 0.001);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('the pause is as long as Retry-After says if that fits the deadline', async () => {
    const { result, times } = await run(REPEATABLE, [transient({ retryAfter: 6 })]);
    expect([result, times]).toEqual(['response 2', [0, 6_000]]);
  });

  it.each([10, 11, 1e9, Infinity])(
    'a Retry-After of %d s is not awaited because the deadline comes first',
    async (retryAfter) => {
      const failure = transient({ retryAfter });
      const { result, times } = await run(REPEATABLE, [failure]);
      expect([result, times]).toEqual([failure, [0]]);
    },
  );

  it('no pause begins after the deadline', async () => {
    const { times } = await run(REPEATABLE, [transient()], { took: DEADLINE });
    expect(times).toHaveLength(1);
  });

  it('the pause ends with the reason of the signal', async () => {
    const controller = new AbortController();
    const clock = new ManualClock();
    const tools = toolsFor({ clock, random: () => 1, deadline: Infinity }, controller);
    const waiting = rejection(attempts(REPEATABLE, tools, () => Promise.reject(transient())));
    await idle();
    expect(clock.pending).toBe(1);
    controller.abort(new Error('the deadline'));
    expect(await waiting).toBe(controller.signal.reason);
    expect(clock.pending).toBe(0);
  });
});

describe('the life of a token', () => {
  it('the life of a token begins with the attempt that obtains it', async () => {
    const { times } = await run(REPEATABLE, [transient({ retryAfter: 3 })], { took: 1_000 });
    expect(times).toEqual([0, 4_000]);
  });
});

describe('a failure that no attempt can repair', () => {
  it('unavailable credentials end the attempts, although the failure is temporary', async () => {
    const failure = transient({ code: 'CREDENTIALS_UNAVAILABLE', stage: 'credentials' });
    const { result, times } = await run(REPEATABLE, [failure]);
    expect([result, times.length]).toEqual([failure, 1]);
  });

  it('an aborted renewal sends nothing', async () => {
    const signal = AbortSignal.abort(new Error('closed'));
    const tools = toolsFor(
      { clock: new ManualClock(), random: () => 0, deadline: DEADLINE },
      { signal },
    );
    let sent = 0;
    const attempt = () => Promise.resolve(++sent);
    expect(await rejection(attempts(REPEATABLE, tools, attempt))).toBe(signal.reason);
    expect(sent).toBe(0);
  });

  it('a renewal that is aborted during a request fails with the reason of its signal', async () => {
    const controller = new AbortController();
    const clock = new ManualClock();
    const tools = toolsFor({ clock, random: () => 0, deadline: DEADLINE }, controller);
    const failure = transient();
    const attempt = () => {
      controller.abort(new Error('closed'));
      return Promise.reject(failure);
    };
    expect(await rejection(attempts(REPEATABLE, tools, attempt))).toBe(controller.signal.reason);
  });
});

describe('the tools of a renewal', () => {
  const settings = () => ({ clock: new ManualClock(), random: () => 0, deadline: DEADLINE });

  it('a request with a refresh token must leave in the first three quarters of the deadline', () => {
    const { clock, ...rest } = settings();
    const [prompt, graceful] = [new AbortController(), new AbortController()];
    const start = clock.monotonic();
    const ends = { signal: prompt.signal, graceful: graceful.signal };
    const tools = toolsFor({ clock, ...rest }, ends);
    const own = forRefreshToken(tools);
    expect([tools.deadline - start, tools.latest - start]).toEqual([DEADLINE, 0.75 * DEADLINE]);
    expect(own.deadline - start).toBe(0.75 * DEADLINE);
    expect([tools.requestSignal, own.requestSignal]).toEqual([prompt.signal, graceful.signal]);
    clock.advance(7_499);
    expect(own.mayBeSent?.()).toBe(true);
    clock.advance(1);
    expect(own.mayBeSent?.()).toBe(false);
  });

  it('a jump of the wall clock also ends the time to send a refresh token', () => {
    const { clock, ...rest } = settings();
    const own = forRefreshToken(toolsFor({ clock, ...rest }, new AbortController()));
    clock.setWall(7_500);
    expect(own.mayBeSent?.()).toBe(false);
  });

  it('a renewal has no grace period by default', () => {
    const controller = new AbortController();
    expect(toolsFor(settings(), controller).graceful).toBe(controller.signal);
  });

  it('work goes on at once until its limit', async () => {
    const { clock, ...rest } = settings();
    const tools = toolsFor({ clock, ...rest }, new AbortController());
    await notAfter(tools.deadline, tools);
    clock.advance(DEADLINE - 1);
    await notAfter(tools.deadline, tools);
    expect(clock.pending).toBe(0);
  });

  it('work after its limit waits for the deadline of the renewal', async () => {
    const { clock, ...rest } = settings();
    const controller = new AbortController();
    const tools = toolsFor({ clock, ...rest }, controller);
    clock.advance(DEADLINE);
    const waiting = rejection(notAfter(tools.deadline, tools));
    await idle();
    expect(clock.pending).toBe(1);
    controller.abort(new Error('the deadline'));
    expect(await waiting).toBe(controller.signal.reason);
  });

  it('work waits for the rest of the deadline and five seconds more, and no longer', async () => {
    const { clock, ...rest } = settings();
    const tools = toolsFor({ clock, ...rest }, new AbortController());
    clock.advance(9_000);
    let isOver = false;
    const waiting = notAfter(tools.latest, tools).then(() => (isOver = true));
    clock.advance(5_999);
    await idle();
    expect(isOver).toBe(false);
    clock.advance(1);
    await waiting;
    expect(isOver).toBe(true);
  });

  it('work before its limit fails if the renewal has been aborted', async () => {
    const controller = new AbortController();
    const tools = toolsFor(settings(), controller);
    controller.abort(new Error('closed'));
    expect(await rejection(notAfter(tools.deadline, tools))).toBe(controller.signal.reason);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { attempts, toolsFor, type AttemptPolicy } from '../../lib/core/attempts.js';
import { rejection } from '../support/collect.js';
import { permanent, transient, unevaluated } from '../support/failures.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle } from '../support/provider-bench.js';

const REPEATABLE: AttemptPolicy = { attempts: 3, repeat: 'transient' };
const PASSWORD: AttemptPolicy = { attempts: 3, repeat: 'unevaluated' };
const DEADLINE = 10_000;

/** Runs attempts that fail one after the other as told, then succeed; time passes as it must. */
async function run(
  policy: AttemptPolicy,
  failures: Error[],
  { random = () => 0.5, took = 0 }: { random?: () => number; took?: number } = {},
) {
  const clock = new ManualClock();
  const start = clock.monotonic();
  const { signal } = new AbortController();
  const tools = toolsFor({ clock, random, deadline: DEADLINE }, signal);
  const times: number[] = [];
  const result = attempts(policy, tools, ({ monotonic }) => {
    times.push(monotonic - start);
    clock.advance(took);
    const failure = failures[times.length - 1];
    return failure ? Promise.reject(failure) : Promise.resolve(`answer ${times.length}`);
  }).catch((error: unknown) => error);
  await idle();
  while (clock.pending > 0) {
    clock.advanceToTimer();
    await idle();
  }
  return { result: await result, times, clock };
}

describe('a grant that may be repeated', () => {
  it('is asked three times after transient failures', async () => {
    const last = transient({ status: 504 });
    const { result, times } = await run(REPEATABLE, [transient(), transient(), last, transient()]);
    expect(times).toHaveLength(3);
    expect(result).toBe(last);
  });

  it('is answered by the first attempt that works', async () => {
    const { result, times } = await run(REPEATABLE, [transient()]);
    expect([result, times.length]).toEqual(['answer 2', 2]);
  });

  it('is asked once after a permanent failure', async () => {
    const { times } = await run(REPEATABLE, [permanent()]);
    expect(times).toHaveLength(1);
  });

  it('is asked once after an error of an unknown class', async () => {
    const { times } = await run(REPEATABLE, [new TypeError('broken')]);
    expect(times).toHaveLength(1);
  });
});

describe('a password', () => {
  it('is sent once where the server may have looked at it', async () => {
    const { times } = await run(PASSWORD, [transient({ status: 500 })]);
    expect(times).toHaveLength(1);
  });

  it('is sent again where the server certainly did not look at it', async () => {
    const { result, times } = await run(PASSWORD, [unevaluated(), unevaluated()]);
    expect([result, times.length]).toEqual(['answer 3', 3]);
  });

  it('is sent no more as soon as one attempt was looked at', async () => {
    const { times } = await run(PASSWORD, [unevaluated(), transient()]);
    expect(times).toHaveLength(2);
  });
});

describe('the pause between attempts', () => {
  it('is full jitter: from none up to 100 ms, then up to 200 ms', async () => {
    const pauses = async (random: number) => {
      const { times } = await run(REPEATABLE, [transient(), transient()], { random: () => random });
      return times.map((time, i) => time - (times[i - 1] ?? 0)).slice(1);
    };
    expect(await pauses(0)).toEqual([0, 0]);
    expect(await pauses(0.5)).toEqual([50, 100]);
    expect(await pauses(1)).toEqual([100, 200]);
  });

  it('is within its bounds for any chance', async () => {
    const chance = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(chance, chance, async (first, second) => {
        const chances = [first, second];
        const { times } = await run(REPEATABLE, [transient(), transient()], {
          random: () => chances.shift()!,
        });
        expect(times[1]!).toBeLessThanOrEqual(100);
        expect(times[2]! - times[1]!).toBeLessThanOrEqual(200);
      }),
      { numRuns: 50 },
    );
  });

  it('is what Retry-After says, if that fits the deadline', async () => {
    const { result, times } = await run(REPEATABLE, [transient({ retryAfter: 2 })]);
    expect([result, times]).toEqual(['answer 2', [0, 2_000]]);
  });

  it.each([10, 11, 1e9, Infinity])(
    'is not waited for if Retry-After is %d s: the deadline comes first',
    async (retryAfter) => {
      const failure = transient({ retryAfter });
      const { result, times } = await run(REPEATABLE, [failure]);
      expect([result, times]).toEqual([failure, [0]]);
    },
  );

  it('is not begun if the deadline would end it', async () => {
    const { times } = await run(REPEATABLE, [transient()], { took: DEADLINE - 50 });
    expect(times).toHaveLength(1);
  });

  it('ends with the reason of the signal', async () => {
    const controller = new AbortController();
    const clock = new ManualClock();
    const tools = toolsFor({ clock, random: () => 1, deadline: Infinity }, controller.signal);
    const waiting = rejection(attempts(REPEATABLE, tools, () => Promise.reject(transient())));
    await idle();
    expect(clock.pending).toBe(1);
    controller.abort(new Error('the deadline'));
    expect(await waiting).toBe(controller.signal.reason);
    expect(clock.pending).toBe(0);
  });
});

describe('the life of a token', () => {
  it('begins with the attempt that brought it, not with the first one', async () => {
    const { times } = await run(REPEATABLE, [transient({ retryAfter: 3 })], { took: 1_000 });
    expect(times).toEqual([0, 4_000]);
  });
});

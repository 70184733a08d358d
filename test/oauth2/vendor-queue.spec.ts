import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { LimitReached, VendorQueue, type Limits } from '../../lib/oauth2/vendor-queue.js';
import { rejection } from '../support/collect.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle } from '../support/provider-bench.js';

const SECOND = 1_000;

/** A queue, and what has become of those who came to it. */
class Bench {
  readonly clock = new ManualClock();
  readonly queue: VendorQueue;
  /** When each was let out, in milliseconds from the start, in that order. */
  readonly admitted: { readonly who: number; readonly at: number }[] = [];
  readonly refused: { readonly who: number; readonly reason: unknown }[] = [];
  running = 0;
  mostRunning = 0;
  readonly #start = this.clock.monotonic();

  constructor(limits: Limits) {
    this.queue = new VendorQueue(limits, this.clock);
  }

  /** Somebody comes, runs for so long once let out, and is gone after a time if they have no turn yet. */
  come(who: number, { runs, deadline = 600 * SECOND, leaves }: Guest): void {
    const controller = new AbortController();
    const { signal } = controller;
    const until = this.clock.monotonic() + deadline;
    if (leaves !== undefined) this.clock.after(leaves, () => controller.abort(new Error('gone')));
    this.queue.turn({ signal, requestSignal: signal, deadline: until }).then(
      (end) => {
        this.admitted.push({ who, at: this.clock.monotonic() - this.#start });
        this.mostRunning = Math.max(this.mostRunning, ++this.running);
        this.clock.after(runs, () => {
          this.running--;
          end();
          end(); // whoever ends twice frees one place only
        });
      },
      (reason: unknown) => this.refused.push({ who, reason }),
    );
  }

  /** Lets time pass until nothing happens any more. */
  async settle(): Promise<void> {
    await idle();
    while (this.clock.pending > 0) {
      this.clock.advanceToTimer();
      await idle();
    }
  }
}

interface Guest {
  readonly runs: number;
  readonly deadline?: number;
  readonly leaves?: number | undefined;
}

describe('the queue before a vendor', () => {
  const guests = fc.array(
    fc.record({
      runs: fc.integer({ min: 0, max: 5_000 }),
      leaves: fc.option(fc.integer({ min: 0, max: 8_000 }), { nil: undefined }),
      comes: fc.integer({ min: 0, max: 2_000 }),
    }),
    { minLength: 1, maxLength: 40 },
  );
  const concurrency = fc.integer({ min: 1, max: 6 });
  const quota = fc.option(
    fc.record({
      requests: fc.integer({ min: 1, max: 5 }),
      seconds: fc.integer({ min: 1, max: 3 }),
    }),
    { nil: undefined },
  );

  it('the queue keeps quota and concurrency and serves requests in order', async () => {
    await fc.assert(
      fc.asyncProperty(concurrency, quota, guests, async (concurrency, quota, guests) => {
        const bench = new Bench({ concurrency, quota });
        let time = 0;
        for (const [who, guest] of guests.entries()) {
          bench.clock.after((time += guest.comes), () => bench.come(who, guest));
        }
        await bench.settle();
        expect(bench.mostRunning).toBeLessThanOrEqual(concurrency);
        const order = bench.admitted.map(({ who }) => who);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        const stayed = guests.flatMap(({ leaves }, who) => (leaves === undefined ? [who] : []));
        expect(order).toEqual(expect.arrayContaining(stayed));
        expect(bench.admitted.length + bench.refused.length).toBe(guests.length);
        expect(bench.running).toBe(0);
        for (const { at } of quota ? bench.admitted : []) {
          const period = quota!.seconds * SECOND;
          const inPeriod = bench.admitted.filter(
            (other) => other.at > at - period && other.at <= at,
          );
          expect(inPeriod.length).toBeLessThanOrEqual(quota!.requests);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('an aborted request frees its place in the queue', async () => {
    const bench = new Bench({ concurrency: 2 });
    bench.come(0, { runs: 1_000 });
    bench.come(1, { runs: 3_000 });
    bench.come(2, { runs: 1_000, leaves: 500 });
    bench.come(3, { runs: 1_000 });
    bench.come(4, { runs: 1_000 });
    await bench.settle();
    expect(bench.admitted).toEqual([
      { who: 0, at: 0 },
      { who: 1, at: 0 },
      { who: 3, at: 1_000 },
      { who: 4, at: 2_000 },
    ]);
    expect(bench.refused).toEqual([{ who: 2, reason: new Error('gone') }]);
  });

  it('the queue refuses a request that the quota would delay beyond its deadline', async () => {
    const bench = new Bench({ quota: { requests: 2, seconds: 60 } });
    bench.come(0, { runs: 0 });
    await idle();
    bench.clock.advance(20_500);
    bench.come(1, { runs: 0 });
    await idle();
    const { signal } = new AbortController();
    const call = { signal, requestSignal: signal, deadline: bench.clock.monotonic() + 39_500 };
    expect(await rejection(bench.queue.turn(call))).toEqual(new LimitReached('quota', 40));
  });

  it('the queue does not depend on the wall clock', async () => {
    const bench = new Bench({ quota: { requests: 1, seconds: 60 } });
    bench.come(0, { runs: 0 });
    bench.clock.setWall(3_600_000);
    bench.come(1, { runs: 0 });
    await bench.settle();
    expect(bench.admitted.map(({ at }) => at)).toEqual([0, 60_000]);
  });

  it('the queue refuses a request whose turn comes after its deadline', async () => {
    const bench = new Bench({ concurrency: 1 });
    bench.come(0, { runs: 5_000 });
    bench.come(1, { runs: 0, deadline: 5_000 });
    bench.come(2, { runs: 0, deadline: 5_001 });
    await bench.settle();
    expect(bench.admitted.map(({ who }) => who)).toEqual([0, 2]);
    expect(bench.refused).toEqual([{ who: 1, reason: new LimitReached('concurrency', 1) }]);
  });
});

import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { scheduleOf } from '../../scripts/chaos/schedule.mjs';

const options = fc.record({
  seed: fc.nat(),
  seconds: fc.integer({ min: 1, max: 600 }),
  instances: fc.integer({ min: 1, max: 8 }),
});

it('the same seed gives the same random schedule', () => {
  fc.assert(fc.property(options, (given) => expect(scheduleOf(given)).toEqual(scheduleOf(given))));
});

it('another seed gives another random schedule', () => {
  const [one, other] = [1, 2].map((seed) => scheduleOf({ seed, seconds: 300, instances: 4 }));
  expect(one).not.toEqual(other);
});

it('every fault of a random schedule is over before the calm of its round', () => {
  fc.assert(
    fc.property(options, (given) => {
      const { rounds, faults } = scheduleOf(given);
      for (const { at, until } of faults) {
        const round = rounds.find((one) => one.from <= at && at < one.until)!;
        expect(until).toBeLessThanOrEqual(round.calm);
      }
    }),
  );
});

it('a long random schedule has every kind of fault, on every instance', () => {
  const { faults } = scheduleOf({ seed: 1, seconds: 1_200, instances: 4 });
  expect(new Set(faults.map(({ kind }) => kind)).size).toBe(18);
  for (const kind of ['kill', 'redis cut', 'vendor answer lost']) {
    const on = faults.filter((fault) => fault.kind === kind).map(({ instance }) => instance);
    expect(new Set(on)).toEqual(new Set([0, 1, 2, 3]));
  }
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import {
  expectedLoss,
  FleetBench,
  HaltedFleet,
  MARKS,
  renewed,
  type Mark,
} from '../support/fleet.js';

const TOKEN = /^access-token-number-\d+$/;

describe('an instance of a fleet that is frozen past the life of its lock while it renews', () => {
  let bench: FleetBench;
  /** The histories take place at the same time: each of them waits until a lock ends. */
  const histories = new Map<Mark, Awaited<ReturnType<typeof freeze>>>();

  beforeAll(async () => {
    bench = await FleetBench.start();
    const fleets = await Promise.all(
      MARKS.map((mark) => HaltedFleet.start(bench, mark, 'freezes')),
    );
    await Promise.all(fleets.map(async (fleet) => histories.set(fleet.mark, await freeze(fleet))));
  }, 240_000); // a loaded machine takes long to start all of them
  afterAll(() => bench.stop());

  async function freeze(fleet: HaltedFleet) {
    const { one, other } = fleet;
    await fleet.halt();
    if (fleet.gate) one.signal('SIGSTOP'); // at its own marks it stops itself
    await one.isFrozen();
    const meanwhile = await renewed(other);
    fleet.gate?.open();
    one.signal('SIGCONT');
    await fleet.renewal;
    const after = [await renewed(one), await renewed(other)];
    return { tokens: [meanwhile, ...after], lost: fleet.lost };
  }

  it.each(MARKS)(
    'an instance that is frozen during a renewal brings no old token back if it stops %s',
    (mark) => {
      const { tokens, lost } = histories.get(mark)!;
      for (const token of tokens) expect(token).toMatch(TOKEN);
      expect(lost).toEqual(expectedLoss(mark));
    },
  );
});

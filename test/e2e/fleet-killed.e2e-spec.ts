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

describe('an instance of a fleet that is killed while it renews', () => {
  let bench: FleetBench;
  /** The histories take place at the same time: each of them waits until a lock ends. */
  const histories = new Map<Mark, Awaited<ReturnType<typeof kill>>>();

  beforeAll(async () => {
    bench = await FleetBench.start();
    const fleets = await Promise.all(MARKS.map((mark) => HaltedFleet.start(bench, mark)));
    await Promise.all(fleets.map(async (fleet) => histories.set(fleet.mark, await kill(fleet))));
  }, 240_000); // a loaded machine takes long to start all of them
  afterAll(() => bench.stop());

  async function kill(fleet: HaltedFleet) {
    await fleet.halt();
    fleet.one.signal('SIGKILL');
    await fleet.renewal;
    return { token: await renewed(fleet.other), lost: fleet.lost };
  }

  it.each(MARKS)('other instances continue if the renewing one dies %s', (mark) => {
    const { token, lost } = histories.get(mark)!;
    expect(token).toMatch(TOKEN);
    expect(lost).toEqual(expectedLoss(mark));
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { FleetBench, type Fleet } from '../support/fleet.js';

const INSTANCES = 8;

describe('instances of an app that share their tokens in Redis', () => {
  let bench: FleetBench;
  let fleet: Fleet;

  beforeAll(async () => {
    bench = await FleetBench.start();
    fleet = await bench.fleet(10_000);
    await Promise.all(Array.from({ length: INSTANCES }, () => fleet.add()));
  }, 240_000); // a loaded machine takes long to start all of them
  afterAll(() => bench.stop());

  it(`instances make one token request for ${INSTANCES} × 250 first callers`, async () => {
    const herds = await Promise.all(fleet.instances.map((one) => one.ask<string[]>('herd', 250)));
    expect(new Set(herds.flat()).size).toBe(1);
    expect(fleet.vendor.tokenRequests).toHaveLength(1);
  }, 60_000);

  it('instances send each refresh token once, through a thousand rotations', async () => {
    const { seen, instances } = fleet;
    while (seen.rotations < 1_000 && seen.reuses === 0) {
      await Promise.all(instances.map((one) => one.ask('renewFor', 1_000)));
    }
    expect(seen).toMatchObject({ reuses: 0, logins: 1 });
  }, 120_000);
});

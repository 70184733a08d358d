import { afterEach, describe, expect, test } from '@jest/globals';

import { OAuth2ClientError } from '../../lib/index.js';
import { rejection } from '../support/collect.js';
import { expectNoSecret } from '../support/secrets.js';
import type { VendorCase } from './simulation.js';
import { Trial } from './trial.js';

/** Milliseconds by which an expiry in whole seconds may be off. */
const ROUNDING = 2_000;

/** Seconds before the end of a life: a token is stale by then, and not yet expired. */
const nearTheEnd = (lifetime: number) => Math.min(60, lifetime * 0.1);

type Begin = () => Promise<Trial>;

/** Shows that a declaration gets along with its vendor. */
export function tryVendor(vendor: VendorCase): void {
  describe(`vendor ${vendor.name}`, () => {
    let trial: Trial;
    const begin = async () => (trial = await Trial.start(vendor));
    afterEach(() => trial.close());

    testUse(begin);
    testRenewals(begin);
    testRefusals(begin);
  });
}

function testUse(begin: Begin): void {
  test('one login serves many calls, and the lifetime is known', async () => {
    const trial = await begin();
    const { simulation, clock } = trial;
    const startedAt = clock.now();
    const first = await trial.call();
    expect(first).toEqual({ status: 200, data: first.data });
    expect(simulation.logins()).toBe(1);
    // A token for one request is not kept, so that there is nothing to tell of.
    const life = simulation.singleUse ? simulation.lifetime * 1_000 : trial.expiresAt - startedAt;
    expect(Math.abs(life - simulation.lifetime * 1_000)).toBeLessThanOrEqual(ROUNDING);
    expect(await trial.call()).toEqual(first);
    expect(simulation.logins()).toBe(simulation.singleUse ? 2 : 1);
    expect(simulation.refreshes()).toBe(0);
    expect(trial.player.refusals).toBe(0);
  });

  test('the simulator accepts only documented requests', async () => {
    const trial = await begin();
    const { lifetime } = trial.simulation;
    trial.player.varies = true;
    expect((await trial.call()).status).toBe(200);
    trial.clock.advance((lifetime - nearTheEnd(lifetime)) * 1_000);
    expect((await trial.call()).status).toBe(200);
    await trial.renewed();
    expect(trial.player.taken).toEqual([]);
  });
}

function testRenewals(begin: Begin): void {
  test('a token that the API rejects is replaced without an error', async () => {
    const trial = await begin();
    const { simulation } = trial;
    const before = await trial.call();
    simulation.expireTokens();
    expect(await trial.call()).toEqual({ ...before, status: 200 });
    expect(simulation.logins() + simulation.refreshes()).toBe(2);
  });

  test('an expired token is renewed as the vendor says', async () => {
    const trial = await begin();
    const { simulation } = trial;
    const before = await trial.call();
    trial.clock.advance(simulation.lifetime * 1_000 + ROUNDING);
    expect(await trial.call()).toEqual({ ...before, status: 200 });
    const { canRefresh = false } = simulation;
    expect([simulation.logins(), simulation.refreshes()]).toEqual(canRefresh ? [1, 1] : [2, 0]);
  });

  test('a stale token is renewed in the background', async () => {
    const trial = await begin();
    const { simulation } = trial;
    const { lifetime, singleUse, canRefresh = false, canExtend = false } = simulation;
    if (singleUse) return;
    await trial.call();
    const { expiresAt } = trial;
    trial.clock.advance((lifetime - nearTheEnd(lifetime)) * 1_000);
    await trial.call();
    await trial.renewed();
    expect(trial.expiresAt).toBeGreaterThan(expiresAt);
    expect((await trial.call()).status).toBe(200);
    expect(trial.player.refusals).toBe(0);
    const renews = canRefresh || canExtend;
    expect([simulation.logins(), simulation.refreshes()]).toEqual(renews ? [1, 1] : [2, 0]);
  });
}

function testRefusals(begin: Begin): void {
  test.each([
    ['is told once, and without secrets', false],
    ['that repeats the request tells no secret either', true],
  ])('a refused login %s', async (_what, echoes) => {
    const trial = await begin();
    const { simulation, provider, player } = trial;
    if (simulation.selfSigned) return;
    simulation.refuseLogins();
    player.echoes = echoes;
    const error = await rejection(trial.call());
    expect(error).toBeInstanceOf(OAuth2ClientError);
    expectNoSecret(error, simulation.secrets);
    expectNoSecret(trial.app.log.lines, simulation.secrets);
    if (echoes) return; // no code can be read any more
    const code: unknown = expect.stringMatching(/_REJECTED$|^REAUTHENTICATION_REQUIRED$/);
    expect(error).toMatchObject({ provider, code, retryable: false });
    expect(new Set(trial.arrived).size).toBe(trial.arrived.length);
  });
}

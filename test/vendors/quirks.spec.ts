import { afterEach, expect, test } from '@jest/globals';

import { rejection } from '../support/collect.js';
import * as entra from './declarations/entra-id-v2.js';
import * as firewall from './declarations/cisco-fmc.js';
import * as fusionSolar from './declarations/huawei-fusionsolar.js';
import * as marketo from './declarations/adobe-marketo.js';
import { simulate as simulateEntra } from './simulators/entra-id-v2.js';
import { simulate as simulateFirewall } from './simulators/cisco-fmc.js';
import { simulate as simulateFusionSolar } from './simulators/huawei-fusionsolar.js';
import { simulate as simulateMarketo } from './simulators/adobe-marketo.js';
import type { VendorCase } from './simulation.js';
import { Trial } from './trial.js';

let trial: Trial;
const play = async (declare: VendorCase['declare'], simulate: VendorCase['simulate']) =>
  (trial = await Trial.start({ name: 'quirks', declare, simulate })).simulation;
afterEach(() => trial.close());

test('Cisco FMC: after three renewals comes a login, and nothing is refused', async () => {
  const simulation = await play(firewall.declare, simulateFirewall);
  for (let life = 0; life < 9; life++) {
    expect((await trial.call()).status).toBe(200);
    trial.clock.advance(simulation.lifetime * 1_000);
  }
  expect([simulation.logins(), simulation.refreshes()]).toEqual([3, 6]);
  expect(trial.player.refusals).toBe(0);
});

test('Entra ID: a token is renewed when the vendor wishes it', async () => {
  const simulation = await play(entra.declare, simulateEntra);
  await trial.call();
  trial.clock.advance(1_790_000);
  await trial.call();
  expect(simulation.logins()).toBe(1);
  trial.clock.advance(20_000);
  await trial.call();
  await trial.renewed();
  expect(simulation.logins()).toBe(2);
});

test('FusionSolar: too many logins are no wrong credentials', async () => {
  await play(fusionSolar.declare, simulateFusionSolar);
  trial.vendor.onApi = () => ({ body: { success: false, failCode: 407, data: 'USER_LIMIT' } });
  expect(await rejection(trial.call())).toMatchObject({ code: 'THROTTLED', retryable: true });
});

test('Marketo: a login that brings the same token again does not repeat itself for ever', async () => {
  const { lifetime } = await play(marketo.declare, simulateMarketo);
  const begun = trial.clock.now();
  let logins = 0;
  trial.vendor.onApi = ({ path }) => {
    if (path === '/probe') return { body: { success: true } };
    logins++;
    const expires_in = lifetime - Math.floor((trial.clock.now() - begun) / 1_000);
    return { body: { access_token: 'the-same-token', token_type: 'bearer', expires_in } };
  };
  for (let second = 0; second < lifetime; second++) {
    expect((await trial.call()).status).toBe(200);
    await trial.renewed();
    trial.clock.advance(1_000);
  }
  expect(logins).toBeLessThan(8);
}, 120_000);

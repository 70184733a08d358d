import { afterEach, describe, expect, test } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';
import * as vcenter from './declarations/vmware-vcenter.js';
import * as zia from './declarations/zscaler-zia.js';
import { simulate as simulateVcenter } from './simulators/vmware-vcenter.js';
import { simulate as simulateZia } from './simulators/zscaler-zia.js';

let vendor: FakeVendor;
let app: App;
afterEach(async () => {
  await app.close();
  await vendor.close();
});

describe('sessions that the vendor counts', () => {
  test.each([
    ['vmware-vcenter', vcenter.declare, simulateVcenter],
    ['zscaler-zia', zia.declare, simulateZia],
  ] as const)('%s ends one when it is revoked', async (name, declare, simulate) => {
    vendor = await FakeVendor.start();
    const simulation = simulate();
    vendor.onApi = (request) => simulation.authorize(request) ?? simulation.serve(request);
    app = await App.start({ providers: [declare(vendor.url)] });
    await firstValueFrom(app.http(name).get(simulation.probe!));
    await app.tokens(name).revoke();
    expect(vendor.apiRequests.map(({ method }) => method)).toEqual(['POST', 'GET', 'DELETE']);
    expect(app.tokens(name).peek()).toBeUndefined();
  });
});

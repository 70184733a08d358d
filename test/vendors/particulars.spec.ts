import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';
import * as paymob from './declarations/paymob-accept.js';
import * as marketingCloud from './declarations/salesforce-marketing-cloud.js';
import * as vcenter from './declarations/vmware-vcenter.js';
import * as zia from './declarations/zscaler-zia.js';
import { deviation } from './simulators/support.js';
import { simulate as simulateVcenter } from './simulators/vmware-vcenter.js';
import { simulate as simulateZia } from './simulators/zscaler-zia.js';

let vendor: FakeVendor;
let app: App;
beforeEach(async () => {
  vendor = await FakeVendor.start();
});
afterEach(async () => {
  await app.close();
  await vendor.close();
});

test.each([
  ['vmware-vcenter', vcenter.declare, simulateVcenter],
  ['zscaler-zia', zia.declare, simulateZia],
] as const)('%s: a session ends when it is revoked', async (name, declare, simulate) => {
  const simulation = simulate();
  vendor.onApi = (request) => simulation.authorize(request) ?? simulation.serve(request);
  app = await App.start({ providers: [declare(vendor.url)] });
  await firstValueFrom(app.http(name).get(simulation.probe!));
  await app.tokens(name).revoke();
  expect(vendor.apiRequests.map(({ method }) => method)).toEqual(['POST', 'GET', 'DELETE']);
  expect(app.tokens(name).peek()).toBeUndefined();
});

test('salesforce-marketing-cloud: each business unit has a token of its own', async () => {
  const json = {
    grant_type: 'client_credentials',
    client_id: marketingCloud.CLIENT_ID,
    client_secret: marketingCloud.CLIENT_SECRET,
    account_id: /^\d{5}$/,
  };
  vendor.onToken = (request) => {
    if (deviation(request, { path: '/v2/token', json }) !== undefined) return { status: 400 };
    const { account_id } = JSON.parse(request.text) as { account_id: string };
    return { body: { access_token: `of-${account_id}`, rest_instance_url: vendor.url } };
  };
  vendor.onApi = () => ({ status: 200 });
  app = await App.start({ providers: [marketingCloud.declare(vendor.url)] });
  const http = app.http('salesforce-marketing-cloud');
  for (const subject of ['12345', '67890', '12345']) {
    await firstValueFrom(http.get('/probe', { oauth2: { subject } }));
  }
  expect(vendor.tokenRequests).toHaveLength(2);
  expect(vendor.apiRequests.map(({ token }) => token)).toEqual([
    'of-12345',
    'of-67890',
    'of-12345',
  ]);
});

test('paymob-accept: the caller puts the token into the body', async () => {
  const token = 'access-1-Zt5mVq8LxW';
  const login = { path: '/api/auth/tokens', json: { api_key: paymob.API_KEY } };
  const order = { path: '/api/ecommerce/orders', json: { auth_token: token, amount_cents: 100 } };
  vendor.onApi = (request) => {
    if (deviation(request, login) === undefined) return { status: 201, body: { token } };
    return { status: deviation(request, order) === undefined ? 201 : 401 };
  };
  app = await App.start({ providers: [paymob.declare(vendor.url)] });
  const { accessToken: auth_token } = await app.tokens('paymob-accept').getToken();
  const body = { auth_token, amount_cents: 100 };
  const sent = app.http('paymob-accept').post('/api/ecommerce/orders', body, { oauth2: false });
  expect((await firstValueFrom(sent)).status).toBe(201);
});

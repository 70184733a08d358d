import { afterEach, expect, test } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';
import { API_KEY, declare } from './declarations/paymob-accept.js';
import { deviation } from './simulators/support.js';

const TOKEN = 'paymob-Zt5mVq8LxW';

let vendor: FakeVendor;
let app: App;
afterEach(async () => {
  await app.close();
  await vendor.close();
});

test('a vendor that wants the token in the body gets it from the caller', async () => {
  vendor = await FakeVendor.start();
  vendor.onApi = (request) => {
    const login = { path: '/api/auth/tokens', json: { api_key: API_KEY } };
    if (deviation(request, login) === undefined) return { status: 201, body: { token: TOKEN } };
    const order = { path: '/api/ecommerce/orders', json: { auth_token: TOKEN, amount_cents: 100 } };
    return { status: deviation(request, order) === undefined ? 201 : 401 };
  };
  app = await App.start({ providers: [declare(vendor.url)] });
  const { accessToken } = await app.tokens('paymob-accept').getToken();
  const order = { auth_token: accessToken, amount_cents: 100 };
  const sent = app.http('paymob-accept').post('/api/ecommerce/orders', order, { oauth2: false });
  expect((await firstValueFrom(sent)).status).toBe(201);
});

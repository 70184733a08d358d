import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import MockAdapter from 'axios-mock-adapter';
import axiosRetry from 'axios-retry';
import type { AxiosInstance } from 'axios';

import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';

const FIRST = 'access-token-number-1';
const SECOND = 'access-token-number-2';

let vendor: FakeVendor;
let app: App;
let http: AxiosInstance;

beforeEach(async () => {
  vendor = await FakeVendor.start();
  app = await App.start({ providers: [acme(vendor)] });
  http = app.http('acme').axiosRef;
});

afterEach(() => Promise.all([app.close(), vendor.close()]));

const tokens = () => vendor.apiRequests.map(({ token }) => token);

describe('beside axios-retry', () => {
  const noDelay = () => 0;

  it('every attempt of axios-retry carries the token', async () => {
    axiosRetry(http, { retries: 2, retryDelay: noDelay });
    vendor.onApi = (_request, count) => ({ status: count < 3 ? 503 : 200 });
    await http.get('/orders');
    expect(tokens()).toEqual([FIRST, FIRST, FIRST]);
    expect(vendor.apiRequests.map(({ path }) => path)).toEqual(['/orders', '/orders', '/orders']);
  });

  it('each attempt of axios-retry carries the token that is current then', async () => {
    axiosRetry(http, { retries: 1, retryDelay: noDelay });
    vendor.onApi = (_request, count) => {
      if (count > 1) return {};
      app.tokens('acme').invalidate();
      return { status: 503 };
    };
    await http.get('/orders');
    expect(tokens()).toEqual([FIRST, SECOND]);
  });

  it('a 401 leads to one renewal and not to attempts of axios-retry', async () => {
    let retries = 0;
    axiosRetry(http, { retries: 3, retryDelay: noDelay, onRetry: () => void retries++ });
    await http.get('/orders');
    vendor.revokeAll();
    await http.put('/orders', { a: 1 });
    expect([tokens(), retries]).toEqual([[FIRST, FIRST, SECOND], 0]);
    expect(vendor.apiRequests.map(({ text }) => text)).toEqual(['', '{"a":1}', '{"a":1}']);
  });

  it('axios-retry does not repeat a request for which there is no token', async () => {
    let retries = 0;
    axiosRetry(http, { retries: 3, retryDelay: noDelay, onRetry: () => void retries++ });
    vendor.onToken = () => ({ status: 400, body: { error: 'invalid_client' } });
    expect(await rejection(http.get('/orders'))).toMatchObject({ code: 'CREDENTIALS_REJECTED' });
    expect([retries, vendor.tokenRequests.length]).toEqual([0, 1]);
  });

  it('the last error of axios-retry holds no token', async () => {
    axiosRetry(http, { retries: 1, retryDelay: noDelay });
    vendor.onApi = () => ({ status: 503 });
    expectNoSecret(await rejection(http.get('/orders')), [FIRST]);
    expect(tokens()).toEqual([FIRST, FIRST]);
  });
});

describe('beside axios-mock-adapter', () => {
  // Its types are those of the CommonJS build of axios.
  const mocked = () => new MockAdapter(http as never);

  it('a mock of axios-mock-adapter receives the token, and its 401 renews the token', async () => {
    const seen: unknown[] = [];
    mocked()
      .onGet()
      .reply((config) => {
        seen.push(config.headers?.['Authorization']);
        return [seen.length === 1 ? 401 : 200, { ok: true }];
      });
    expect((await http.get('/orders')).data).toEqual({ ok: true });
    expect(seen).toEqual([`Bearer ${FIRST}`, `Bearer ${SECOND}`]);
    expect(vendor.apiRequests).toHaveLength(0);
  });

  it.each([
    ['relative to the base URL', () => '/orders'],
    ['in full', () => `${vendor.url}/orders`],
  ])('axios-mock-adapter finds a mock by its URL %s', async (_how, url) => {
    mocked().onGet(url()).reply(200, 'mocked');
    expect((await http.get('/orders')).data).toBe('mocked');
  });

  it('axios-mock-adapter finds a mock for a request without a token', async () => {
    mocked().onGet('/orders').reply(200, 'mocked');
    expect((await http.get('/orders', { oauth2: false })).data).toBe('mocked');
  });

  it('requests that axios-mock-adapter passes through carry the token', async () => {
    mocked().onAny().passThrough();
    await http.get('/orders');
    expect(tokens()).toEqual([FIRST]);
  });

  it('requests carry the token as before after axios-mock-adapter is restored', async () => {
    const mock = mocked();
    mock.onAny().reply(418);
    expect(await rejection(http.get('/orders'))).toMatchObject({ response: { status: 418 } });
    mock.restore();
    await http.get('/orders');
    expect(tokens()).toEqual([FIRST]);
  });
});

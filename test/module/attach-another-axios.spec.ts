import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AxiosInstance } from 'axios';
import anotherAxios from 'axios117';

import { OAuth2HttpInterceptor } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor, type Received } from '../support/fake-vendor.js';
import { Gate } from '../support/gate.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';

const FIRST = 'access-token-number-1';
const SECOND = 'access-token-number-2';
const tokens = (requests: readonly Received[]) => requests.map(({ token }) => token);

describe('an instance of another copy of axios', () => {
  let vendor: FakeVendor;
  let stranger: FakeVendor;
  let app: App;
  let instance: AxiosInstance;

  beforeEach(async () => {
    [vendor, stranger] = await Promise.all([FakeVendor.start(), FakeVendor.start()]);
    stranger.onApi = () => ({});
    app = await App.start({ providers: [acme(vendor)] });
    instance = anotherAxios.create({ baseURL: vendor.url }) as unknown as AxiosInstance;
    app.module.get(OAuth2HttpInterceptor).attach(instance, 'acme');
  });

  afterEach(() => Promise.all([app.close(), vendor.close(), stranger.close()]));

  it('an instance of another copy of axios sends the token and returns a config without it', async () => {
    const { config } = await instance.get('/orders', { timeout: 5_000 });
    expect(tokens(vendor.apiRequests)).toEqual([FIRST]);
    expect(config).toMatchObject({ url: '/orders', baseURL: vendor.url, timeout: 5_000 });
    expectNoSecret(config, [FIRST]);
  });

  it('an instance of another copy of axios repeats a request after a 401 with a new token', async () => {
    await instance.get('/orders');
    vendor.revokeAll();
    await instance.post('/orders', { a: 1 });
    expect(tokens(vendor.apiRequests)).toEqual([FIRST, FIRST, SECOND]);
    expect(vendor.apiRequests[2]?.text).toBe('{"a":1}');
  });

  it('an instance of another copy of axios sends no token to another origin, by a URL or by a redirect', async () => {
    await rejection(instance.get(`${stranger.url}/x`));
    await instance.get(`${stranger.url}/x`, { oauth2: false });
    vendor.onApi = () => ({ status: 307, headers: { location: `${stranger.url}/y` } });
    await instance.post('/orders', { a: 1 });
    expect(tokens(stranger.apiRequests)).toEqual([undefined, undefined]);
    expect(tokens(vendor.apiRequests)).toEqual([FIRST]);
  });

  it('a caller of another copy of axios can cancel while it waits for the token', async () => {
    const gate = new Gate();
    vendor.onToken = async () => {
      await gate.pass();
      return vendor.grant();
    };
    const controller = new AbortController();
    const sent = instance.get('/orders', { signal: controller.signal });
    await gate.arrived();
    controller.abort();
    expect(anotherAxios.isCancel(await rejection(sent))).toBe(true);
    gate.open();
  });
});

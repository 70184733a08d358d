import { createHook } from 'node:async_hooks';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type {
  AxiosAdapter,
  AxiosRequestConfig,
  AxiosResponse,
  InternalAxiosRequestConfig,
} from 'axios';
import axios, { AxiosHeaders } from 'axios';
import { firstValueFrom } from 'rxjs';

import { OAuth2HttpInterceptor } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { ManualClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';

const TOKEN = 'access-token-number-1';

describe('a request while there is a fresh token', () => {
  let vendor: FakeVendor;
  let clock: ManualClock;
  let app: App;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    clock = new ManualClock();
    app = await App.start({
      runtime: { clock, random: () => 0 },
      providers: [acme(vendor, { baseURL: `${vendor.url}/v1` })],
    });
    await app.tokens('acme').getToken();
  });

  afterEach(() => Promise.all([app.close(), vendor.close()]));

  /** An adapter that notes what it gets, and responds at once. */
  function noting(seen: InternalAxiosRequestConfig[]): AxiosAdapter {
    return (config) => {
      seen.push({ ...config, headers: config.headers.concat() });
      return Promise.resolve({ data: '', status: 200, statusText: 'OK', headers: {}, config });
    };
  }

  it('a request with a fresh token is sent before the call returns', async () => {
    const seen: InternalAxiosRequestConfig[] = [];
    const sent = app.http('acme').axiosRef.get('/orders', { adapter: noting(seen) });
    expect(seen.map(({ headers }) => headers.get('Authorization'))).toEqual([`Bearer ${TOKEN}`]);
    await sent;
  });

  it('a request with a stale token is sent before the call returns, and the token is renewed in the background', async () => {
    clock.advance(3_500_000);
    const seen: InternalAxiosRequestConfig[] = [];
    const sent = app.http('acme').axiosRef.get('/orders', { adapter: noting(seen) });
    expect(seen.map(({ headers }) => headers.get('Authorization'))).toEqual([`Bearer ${TOKEN}`]);
    await sent;
    expect((await app.tokens('acme').getToken()).accessToken).toBe(TOKEN);
    expect(app.tokens('acme').status().renewing).toBe(true);
  });

  it('a request with a fresh token makes no token request and sets no timer', async () => {
    for (let i = 0; i < 10; i++) await firstValueFrom(app.http('acme').get('/orders'));
    expect(vendor.tokenRequests).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('a request with a fresh token makes no promise before it is sent and one after', () => {
    const promises = { made: 0, beforeSent: -1 };
    const hook = createHook({ init: (_id, type) => void (type === 'PROMISE' && promises.made++) });
    const answer = Promise.resolve({ data: '', status: 200, statusText: 'OK', headers: {} });
    const instance = axios.create({
      adapter: () => {
        promises.beforeSent = promises.made;
        return answer as Promise<AxiosResponse>;
      },
    });
    app.module.get(OAuth2HttpInterceptor).attach(instance, 'acme');
    const send = instance.defaults.adapter as AxiosAdapter;
    const config = { url: `${vendor.url}/v1/orders`, headers: new AxiosHeaders() };
    hook.enable();
    void send(config);
    hook.disable();
    expect(promises).toEqual({ made: 1, beforeSent: 0 });
  });

  it('a request does not change the config of its caller', async () => {
    const headers = { 'x-mine': '1' };
    const params = { page: 2 };
    const config: AxiosRequestConfig = { headers, params, timeout: 5_000, maxRedirects: 3 };
    const before = structuredClone(config);
    await firstValueFrom(app.http('acme').get('/orders', config));
    expect(config).toEqual(before);
    expect(config.headers).toBe(headers);
    expect(vendor.apiRequests[0]).toMatchObject({ path: '/v1/orders', headers: { 'x-mine': '1' } });
    expect(vendor.apiRequests[0]?.query.get('page')).toBe('2');
  });

  it('a response has the same form of config as with axios alone', async () => {
    const config = { timeout: 5_000, params: { page: 2 }, headers: { 'x-mine': '1' } };
    vendor.onApi = () => ({ body: {} });
    const ours = await firstValueFrom(app.http('acme').get('/orders', config));
    const plain = await axios.create({ baseURL: `${vendor.url}/v1` }).get('/orders', config);
    expect(plain.config.headers.toJSON()).toMatchObject(ours.config.headers.toJSON());
    for (const member of Object.keys(plain.config) as (keyof InternalAxiosRequestConfig)[]) {
      if (member === 'headers' || member === 'adapter') continue;
      expect([member, ours.config[member]]).toEqual([member, plain.config[member]]);
    }
  });

  it('an error has the same form of config as with axios alone', async () => {
    vendor.onApi = () => ({ status: 500 });
    const beforeRedirect = () => {};
    const config = { timeout: 5_000, beforeRedirect, fetchOptions: { keepalive: true } };
    const error = await rejection(firstValueFrom(app.http('acme').get('/orders', config)));
    const given = (error as { config: InternalAxiosRequestConfig }).config;
    expect(given).toMatchObject({ url: '/orders', baseURL: `${vendor.url}/v1`, ...config });
    expect(given.beforeRedirect).toBe(beforeRedirect);
    expect(given.headers.has('Authorization')).toBe(false);
    expect(vendor.apiRequests[0]?.token).toBe(TOKEN);
  });

  it('a request may be sent again with the config of its response', async () => {
    const { axiosRef } = app.http('acme');
    const first = await axiosRef.post('/orders', { amount: 1 });
    await axiosRef.request(first.config);
    const [once, again] = vendor.apiRequests;
    expect(again).toMatchObject({ token: TOKEN, path: once!.path, text: once!.text });
  });
});

import { createRequire } from 'node:module';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import axios, { type AxiosStatic } from 'axios';
import anotherAxios from 'axios117';

import { OAuth2HttpInterceptor } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor, type Received } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';

const FIRST = 'access-token-number-1';
const require = createRequire(import.meta.url);
const tokens = (requests: readonly Received[]) => requests.map(({ token }) => token);

describe('attach', () => {
  let shop: FakeVendor;
  let bank: FakeVendor;
  let app: App;
  let oauth2: OAuth2HttpInterceptor;

  beforeEach(async () => {
    [shop, bank] = await Promise.all([FakeVendor.start(), FakeVendor.start()]);
    app = await App.start({
      providers: [acme(shop, { name: 'shop' }), acme(bank, { name: 'bank' })],
    });
    oauth2 = app.module.get(OAuth2HttpInterceptor);
  });

  afterEach(() => Promise.all([app.close(), shop.close(), bank.close()]));

  it('an attached instance sends the token of each API', async () => {
    const instance = axios.create();
    oauth2.attach(instance);
    await instance.get(`${shop.url}/orders`);
    await instance.get(`${bank.url}/accounts`);
    expect([tokens(shop.apiRequests), tokens(bank.apiRequests)]).toEqual([[FIRST], [FIRST]]);
  });

  it('an attached instance that is bound to a provider sends only its token', async () => {
    const instance = axios.create({ baseURL: bank.url });
    oauth2.attach(instance, 'bank');
    shop.onApi = () => ({});
    await instance.get('/accounts');
    const error = await rejection(instance.get(`${shop.url}/orders`));
    expect(error).toMatchObject({ code: 'URL_NOT_OWNED', provider: 'bank' });
    await instance.get(`${shop.url}/public`, { oauth2: false });
    expect([tokens(shop.apiRequests), tokens(bank.apiRequests)]).toEqual([[undefined], [FIRST]]);
  });

  it('an attached instance shares the token with the rest of the module', async () => {
    const instance = axios.create();
    oauth2.attach(instance, 'shop');
    await Promise.all([instance.get(shop.url), app.tokens('shop').getToken()]);
    expect(shop.tokenRequests).toHaveLength(1);
  });

  it('an `Authorization` among the defaults of an attached instance wins over the token', async () => {
    const instance = axios.create({ headers: { common: { Authorization: 'Mine 1' } } });
    oauth2.attach(instance);
    shop.onApi = () => ({});
    await instance.get(shop.url);
    expect(shop.apiRequests[0]?.headers.authorization).toBe('Mine 1');
  });

  it('an `Authorization` that `axios.create` has copied from global defaults does not win over the token', async () => {
    axios.defaults.headers.common['Authorization'] = 'Basic other';
    const instance = axios.create();
    try {
      oauth2.attach(instance);
      await instance.get(shop.url);
    } finally {
      delete axios.defaults.headers.common['Authorization'];
    }
    expect(tokens(shop.apiRequests)).toEqual([FIRST]);
  });

  it('an attached instance works with an earlier interceptor that sets an adapter', async () => {
    const instance = axios.create({ baseURL: shop.url });
    instance.interceptors.request.use((config) => Object.assign(config, { adapter: 'fetch' }));
    oauth2.attach(instance);
    await instance.get('/orders');
    expect(tokens(shop.apiRequests)).toEqual([FIRST]);
  });

  it('an attached instance works with interceptors before and after it', async () => {
    const instance = axios.create({ baseURL: shop.url });
    const order: string[] = [];
    const note = (name: string) =>
      instance.interceptors.request.use((config) => {
        order.push(name);
        config.headers.set('x-note', order.join());
        return config;
      });
    note('before');
    oauth2.attach(instance);
    note('after');
    await instance.get('/orders');
    expect(shop.apiRequests[0]).toMatchObject({
      token: FIRST,
      headers: { 'x-note': order.join() },
    });
    expect(order).toHaveLength(2);
  });

  it('attach is refused for an unknown provider', () => {
    const instance = axios.create();
    expect(() => oauth2.attach(instance, 'shpo')).toThrow(
      expect.objectContaining({ code: 'PROVIDER_UNKNOWN', provider: 'shpo' }),
    );
    expect(() => oauth2.attach(instance)).not.toThrow();
  });

  it.each<[string, AxiosStatic]>([
    ['of the ESM build', axios],
    ['of the CommonJS build', require('axios') as AxiosStatic],
    ['of another copy of axios', anotherAxios as unknown as AxiosStatic],
  ])('attach is refused for the process-wide default instance %s', (_which, instance) => {
    const before = instance.defaults.adapter;
    expect(() => oauth2.attach(instance)).toThrow(
      expect.objectContaining({
        code: 'CONFIGURATION_INVALID',
        message: expect.stringMatching(/default axios instance.*axios\.create\(\)/),
      }),
    );
    expect(instance.defaults.adapter).toBe(before);
    const { handlers } = instance.interceptors.request as unknown as { handlers: unknown[] };
    expect(handlers).toEqual([]);
  });

  it('an instance of the CommonJS build of axios can be attached', async () => {
    const instance = (require('axios') as AxiosStatic).create({ baseURL: shop.url });
    oauth2.attach(instance);
    await instance.get('/orders');
    expect(tokens(shop.apiRequests)).toEqual([FIRST]);
  });

  it('an instance cannot be attached a second time until it is detached', async () => {
    const instance = axios.create({ baseURL: shop.url });
    const other = await App.start({ providers: [acme(shop)] });
    try {
      oauth2.attach(instance, 'shop');
      for (const again of [oauth2, other.module.get(OAuth2HttpInterceptor)]) {
        expect(() => again.attach(instance)).toThrow(
          expect.objectContaining({ message: expect.stringMatching(/attached already.*Detach/) }),
        );
      }
      oauth2.detach(instance);
      other.module.get(OAuth2HttpInterceptor).attach(instance);
      await instance.get('/orders');
      expect(tokens(shop.apiRequests)).toEqual([FIRST]);
    } finally {
      await other.close();
    }
  });

  it('attach is refused for the HttpService of a module, which carries tokens already', () => {
    for (const name of ['shop', undefined]) {
      expect(() => oauth2.attach(app.http(name).axiosRef)).toThrow(/attached already/);
    }
  });
});

describe('detach', () => {
  let vendor: FakeVendor;
  let app: App;
  let oauth2: OAuth2HttpInterceptor;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    vendor.onApi = () => ({});
    app = await App.start({ providers: [acme(vendor)] });
    oauth2 = app.module.get(OAuth2HttpInterceptor);
  });

  afterEach(() => Promise.all([app.close(), vendor.close()]));

  it('detach leaves an instance as it was', async () => {
    const instance = axios.create({ baseURL: vendor.url });
    const before = { ...instance.defaults };
    oauth2.attach(instance);
    await instance.get('/orders');
    oauth2.detach(instance);
    expect(instance.defaults).toEqual(before);
    expect(Object.getOwnPropertySymbols(instance)).toEqual([]);
    const { handlers } = instance.interceptors.request as unknown as { handlers: unknown[] };
    expect(handlers.filter((handler) => handler !== null)).toEqual([]);
    await instance.get('/orders');
    expect(tokens(vendor.apiRequests)).toEqual([FIRST, undefined]);
  });

  it('detach keeps an adapter that was set after attach', async () => {
    const instance = axios.create({ baseURL: vendor.url });
    oauth2.attach(instance);
    const mine: NonNullable<typeof instance.defaults.adapter> = (config) =>
      Promise.resolve({ data: 'mine', status: 200, statusText: '', headers: {}, config });
    instance.defaults.adapter = mine;
    oauth2.detach(instance);
    expect(instance.defaults.adapter).toBe(mine);
    expect((await instance.get('/orders')).data).toBe('mine');
  });

  it('a config of an earlier request carries no token after detach', async () => {
    const instance = axios.create({ baseURL: vendor.url });
    oauth2.attach(instance);
    const { config } = await instance.get('/orders');
    oauth2.detach(instance);
    await instance.request(config);
    expect(tokens(vendor.apiRequests)).toEqual([FIRST, undefined]);
  });

  it('detach does nothing to an instance that is not attached here', () => {
    const instance = axios.create();
    oauth2.detach(instance);
    oauth2.attach(instance);
    oauth2.detach(instance);
    oauth2.detach(instance);
    expect(() => oauth2.attach(instance)).not.toThrow();
  });
});

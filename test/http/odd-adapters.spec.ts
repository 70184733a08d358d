import { Agent } from 'node:http';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import axios, {
  AxiosHeaders,
  type AxiosAdapter,
  type AxiosInstance,
  type AxiosRequestConfig,
  type InternalAxiosRequestConfig,
} from 'axios';

import { OAuth2ClientError, OAuth2HttpInterceptor } from '../../lib/index.js';
import { type TokenUse } from '../../lib/define.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';

describe('an adapter', () => {
  let vendor: FakeVendor;
  let app: App;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
  });
  afterEach(() => Promise.all([app.close(), vendor.close()]));

  const start = async (use: TokenUse = {}) => {
    app = await App.start({ providers: [acme(vendor, { use })] });
    return app.http('acme').axiosRef;
  };

  it.each<TokenUse>([{}, { queryParameter: 'key' }, { cookie: 'sid' }, { header: 'x-token' }])(
    'an adapter that wraps the previous one sends one token and retries once: %j',
    async (use) => {
      const instance = await start(use);
      const before = instance.defaults.adapter as AxiosAdapter;
      instance.defaults.adapter = (config) => before({ ...config });
      vendor.onApi = () => ({ status: 401 });
      expect(await rejection(instance.get('/orders'))).toMatchObject({ status: 401 });
      expect([vendor.apiRequests.length, vendor.tokenRequests.length]).toEqual([2, 2]);
      const sent = vendor.apiRequests.map(({ headers, query }) =>
        JSON.stringify([headers, [...query]]).match(/access-token-number-\d/g),
      );
      expect(sent).toEqual([['access-token-number-1'], ['access-token-number-2']]);
    },
  );

  it('an adapter that fails before the request is sent rejects and does not throw', async () => {
    const instance = await start();
    const config = { url: '/orders', oauth2: { nonsense: 1 }, headers: new AxiosHeaders() };
    const adapter = instance.defaults.adapter as AxiosAdapter;
    const sent = adapter(config as unknown as InternalAxiosRequestConfig);
    expect(await rejection(sent)).toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('an adapter gets the same form of config as from axios alone', async () => {
    const shapeOf = async (instance: AxiosInstance) => {
      let shape: unknown[] = [];
      const adapter: AxiosAdapter = (config) => {
        const members = Object.getOwnPropertyDescriptors(config);
        shape = [
          Object.getPrototypeOf(config),
          config.hasOwnProperty('url'), // oxlint-disable-line eslint/no-prototype-builtins -- as some do
          config.hasOwnProperty('oauth2'), // oxlint-disable-line eslint/no-prototype-builtins -- as some do
          Object.entries(members).flatMap(([name, { enumerable }]) => (enumerable ? [] : [name])),
          Object.keys(members).filter((name) => !['beforeRedirect', 'fetchOptions'].includes(name)),
          Object.getPrototypeOf(config.headers),
        ];
        return Promise.resolve({ data: '', status: 200, statusText: '', headers: {}, config });
      };
      await instance.post('/orders', { a: 1 }, { adapter, timeout: 1_000, params: { a: 1 } });
      return shape.map((part) => (Array.isArray(part) ? new Set<unknown>(part) : part));
    };
    const plain = await shapeOf(axios.create({ baseURL: vendor.url, timeoutErrorMessage: 'late' }));
    await start();
    await app.tokens('acme').getToken();
    const ours = axios.create({ baseURL: vendor.url, timeoutErrorMessage: 'late' });
    app.module.get(OAuth2HttpInterceptor).attach(ours, 'acme');
    expect(await shapeOf(ours)).toEqual(plain);
  });

  it('an adapter does not get the headers of `fetchOptions`, which would replace the token', async () => {
    const instance = await start();
    const fetchOptions = { headers: { 'x-mine': '1' } };
    await instance.get('/orders', { adapter: 'fetch', fetchOptions } as AxiosRequestConfig);
    expect(vendor.apiRequests).toMatchObject([{ token: 'access-token-number-1' }]);
  });

  it('an adapter may reject with `undefined`', async () => {
    const instance = await start();
    for (const nothing of [undefined, null]) {
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- as some do
      const adapter: AxiosAdapter = () => Promise.reject(nothing);
      expect(await rejection(instance.get('/orders', { adapter }))).toBe(nothing);
    }
  });

  it('an adapter gets inherited members of a config, and an inherited agent is not replaced', async () => {
    const [own, other] = [new Agent(), new Agent()];
    app = await App.start({ providers: [acme(vendor, { axios: { httpAgent: other } })] });
    const { axiosRef } = app.http('acme');
    let seen: Partial<InternalAxiosRequestConfig> = {};
    const sendsNothing: AxiosAdapter = (config) => {
      seen = config;
      return Promise.resolve({ data: '', status: 200, statusText: '', headers: {}, config });
    };
    await axiosRef.get('/orders', { adapter: sendsNothing });
    expect(seen.httpAgent).toBe(other);
    axiosRef.defaults.adapter = sendsNothing;
    const { adapter } = (await axiosRef.get('/orders')).config;
    const base = { url: '/orders', baseURL: vendor.url, method: 'put', httpAgent: own };
    const config = Object.create(base) as InternalAxiosRequestConfig;
    config.headers = new AxiosHeaders();
    await (adapter as AxiosAdapter)(config);
    expect(seen).toMatchObject({ method: 'put', url: `${vendor.url}/orders` });
    expect(seen.httpAgent).toBe(own);
  });

  it('an adapter gets members whose name is a symbol', async () => {
    const mine = Symbol('mine');
    const adapter: AxiosAdapter = (config) =>
      Promise.resolve({
        data: (config as { [mine]?: unknown })[mine],
        ...{ status: 200, statusText: '', headers: {}, config },
      });
    const instance = await start();
    const { data } = await instance.get('/orders', { adapter, [mine]: 1 } as AxiosRequestConfig);
    expect(data).toBe(1);
  });

  it('an adapter gets no `Authorization` of another API beside a token in a cookie', async () => {
    await start({ cookie: 'sid' });
    vendor.onApi = () => ({});
    axios.defaults.headers.common['Authorization'] = 'Basic other';
    try {
      const instance = axios.create({ baseURL: vendor.url });
      app.module.get(OAuth2HttpInterceptor).attach(instance);
      await instance.get('/orders');
    } finally {
      delete axios.defaults.headers.common['Authorization'];
    }
    const [{ headers } = { headers: undefined }] = vendor.apiRequests;
    expect(headers).toMatchObject({ cookie: 'sid=access-token-number-1' });
    expect(headers).not.toHaveProperty('authorization');
  });

  it('an adapter may add to the options of fetch', async () => {
    const instance = await start();
    const adapter: AxiosAdapter = (config) => {
      Object.assign(config.fetchOptions as object, { dispatcher: 'mine' });
      return Promise.resolve({ data: '', status: 200, statusText: '', headers: {}, config });
    };
    for (const more of [{}, { fetchOptions: {} }] as AxiosRequestConfig[]) {
      expect(await instance.get('/orders', { adapter, ...more })).toMatchObject({ status: 200 });
    }
  });
});

describe('a URL that is an object', () => {
  it('a URL object is read in the same way as by axios', async () => {
    const vendor = await FakeVendor.start();
    const app = await App.start({ providers: [acme(vendor)] });
    const url = new URL('/orders', vendor.url) as unknown as string;
    await app.http().axiosRef.get(url);
    expect(vendor.apiRequests).toMatchObject([{ path: '/orders', token: 'access-token-number-1' }]);
    await Promise.all([app.close(), vendor.close()]);
  });
});

describe('a function of a definition that cannot wait', () => {
  const failing = () => Promise.reject(new Error('of the vault'));
  // oxlint-disable-next-line unicorn/no-thenable -- as query builders make them
  const lazy = () => ({ then: (settle: (value: object) => void) => settle({}) });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['a header', { use: { headers: { 'x-a': failing } } }],
    ['a header, lazily', { use: { headers: { 'x-a': lazy } } }],
    ['the signature', { use: { sign: failing } }],
    ['the signature, lazily', { use: { sign: lazy } }],
    ['the subject', { subject: failing }],
  ])(
    'a synchronous function that returns a promise for %s fails the call and nothing else',
    async (_what, definition) => {
      const vendor = await FakeVendor.start();
      const unhandled: unknown[] = [];
      const note = (error: unknown) => unhandled.push(error);
      process.on('unhandledRejection', note);
      const app = await App.start({ providers: [acme(vendor, definition)] });
      try {
        const error = await rejection(app.http('acme').axiosRef.get('/orders'));
        expect(error).toBeInstanceOf(OAuth2ClientError);
        expect(error).toMatchObject({ code: 'REQUEST_INVALID' });
        await new Promise((resolve) => setImmediate(resolve));
        expect([unhandled, vendor.apiRequests]).toEqual([[], []]);
      } finally {
        process.off('unhandledRejection', note);
        await Promise.all([app.close(), vendor.close()]);
      }
    },
  );
});

describe('a header for the token', () => {
  it('the header of the token must not be named `__proto__`', async () => {
    const definition = acme({ url: 'https://api.example' }, { use: { header: '__proto__' } });
    const error = await rejection(App.start({ providers: [definition] }));
    expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID' });
    expect(String(error)).toContain('must be the name of a header');
  });
});

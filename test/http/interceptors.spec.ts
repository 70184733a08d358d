import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import axios, {
  AxiosHeaders,
  type AxiosAdapter,
  type AxiosInstance,
  type InternalAxiosRequestConfig,
} from 'axios';

import { OAuth2HttpInterceptor } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { settle } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';

type Config = InternalAxiosRequestConfig;

interface Trick {
  readonly run: (config: Config, another: AxiosAdapter) => Config | Promise<Config>;
  readonly recover?: (error: unknown) => unknown;
}

class Settings {
  readonly #adapter: AxiosAdapter;

  constructor({ adapter: _theirs, ...config }: Config, adapter: AxiosAdapter) {
    Object.assign(this, config);
    this.#adapter = adapter;
  }

  get adapter(): AxiosAdapter {
    return this.#adapter;
  }
}

const TOKEN = 'Bearer access-token-number-1';
const recovers: Trick['recover'] = () => Promise.resolve();

const TRICKS: Record<string, Trick> = {
  'returns a copy with an adapter': { run: (config, adapter) => ({ ...config, adapter }) },
  'returns a copy with a list of adapters': {
    run: (config, adapter) => ({ ...config, adapter: [adapter as never, 'http'] }),
  },
  'returns such a copy later': { run: async (config, adapter) => ({ ...config, adapter }) },
  'changes the adapter': { run: (config, adapter) => Object.assign(config, { adapter }) },
  'returns a frozen copy': { run: (config, adapter) => Object.freeze({ ...config, adapter }) },
  'returns an object that inherits': {
    run: (config, adapter) => Object.create({ ...config, adapter }) as Config,
  },
  'returns an instance of a class with a getter': {
    run: (config, adapter) => new Settings(config, adapter) as unknown as Config,
  },
  'defines a getter': {
    run: (config, adapter) => Object.defineProperty(config, 'adapter', { get: () => adapter }),
  },
  'returns a proxy': {
    run: (config, adapter) =>
      new Proxy(config, {
        get: (target, name) => (name === 'adapter' ? adapter : Reflect.get(target, name)),
      }),
  },
  'changes the adapter and then fails, and recovers': {
    run: (config, adapter) => {
      config.adapter = adapter;
      throw new Error('of the interceptor');
    },
    recover: recovers,
  },
  'has a transformation of the body set the adapter': {
    run: (config, adapter) => ({
      ...config,
      transformRequest(this: Config, data: unknown) {
        this.adapter = adapter;
        return data;
      },
    }),
  },
};

const ORDERS = { 'in the usual order': undefined, 'in the order of registration': false } as const;

describe('a request interceptor', () => {
  let vendor: FakeVendor;
  let app: App;
  let sent: Config[];
  const another: AxiosAdapter = (config) => {
    sent.push(config);
    return Promise.resolve({ data: '', status: 200, statusText: 'OK', headers: {}, config });
  };

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    app = await App.start({ providers: [acme(vendor)] });
    sent = [];
  });
  afterEach(() => Promise.all([app.close(), vendor.close()]));

  const attached = (before: (instance: AxiosInstance) => void = () => {}) => {
    const instance = axios.create({ baseURL: vendor.url });
    before(instance);
    app.module.get(OAuth2HttpInterceptor).attach(instance, 'acme');
    return instance;
  };

  /** Every request that went out had the token; one that did not go out has failed. */
  async function expectToken(instance: AxiosInstance, order?: false): Promise<void> {
    sent.length = vendor.apiRequests.length = 0;
    const transitional = order === false ? { legacyInterceptorReqResOrdering: false } : undefined;
    const config = transitional && { transitional };
    const { errors } = await settle([
      instance.get('/orders', config),
      instance.post('/orders', {}, config),
    ]);
    const authorizations = [
      ...sent.map(({ headers }) => headers.get('Authorization')),
      ...vendor.apiRequests.map(({ headers }) => headers.authorization),
    ];
    expect(new Set([TOKEN, ...authorizations])).toEqual(new Set([TOKEN]));
    expect(authorizations.length + errors.length).toBe(2);
  }

  for (const [what, { run, recover }] of Object.entries(TRICKS)) {
    const use = (instance: AxiosInstance, synchronous = false) =>
      instance.interceptors.request.use((config) => run(config, another), recover, { synchronous });
    const kinds = what.includes('later') ? [false] : [false, true];

    it.each(Object.entries(ORDERS))(`that ${what} takes no token away, %s`, async (_how, order) => {
      for (const synchronous of kinds) {
        const early = attached((instance) => use(instance, synchronous));
        const late = attached();
        use(late, synchronous);
        const both = attached((instance) => use(instance, synchronous));
        use(both, synchronous);
        for (const instance of [early, late, both]) await expectToken(instance, order);
      }
    });
  }

  it('an interceptor that turns a failure into a config does not remove the token', async () => {
    const instance = attached();
    instance.interceptors.request.use(null, (error: { held: Config }) => ({
      ...error.held,
      adapter: another,
    }));
    instance.interceptors.request.use((held) => {
      throw Object.assign(new Error(), { held });
    });
    await expectToken(instance);
    expect(sent).toHaveLength(2);
  });

  it('an interceptor on the HttpService of a module does not remove the token', async () => {
    const { axiosRef } = app.http('acme');
    axiosRef.interceptors.request.use((config) => ({ ...config, adapter: another }));
    await expectToken(axiosRef, false);
  });

  it('an interceptor may clear all others, and the token stays', async () => {
    const { axiosRef } = app.http('acme');
    axiosRef.interceptors.request.clear();
    axiosRef.interceptors.request.use((config) => ({ ...config, adapter: another }));
    await expectToken(axiosRef);
  });

  it('an interceptor gets the config that the previous one returned', async () => {
    const instance = attached();
    const seen: unknown[] = [];
    const mine = {
      headers: new AxiosHeaders(),
      method: 'get',
      url: '/orders',
      baseURL: vendor.url,
    };
    instance.interceptors.request.use((config) => (seen.push(config), config));
    instance.interceptors.request.use(() => mine as Config);
    await instance.get('/');
    expect(seen[0]).toBe(mine);
    expect(vendor.apiRequests).toMatchObject([{ path: '/orders' }]);
  });

  it('an interceptor gets the body transformations of the caller, each of them once', async () => {
    const instance = attached();
    const transform = (data: unknown) => JSON.stringify({ wrapped: data });
    const { config } = await instance.post('/orders', 1, { transformRequest: transform });
    await instance.request({ ...config, data: 2 });
    expect(vendor.apiRequests.map(({ text }) => text)).toEqual(['{"wrapped":1}', '{"wrapped":2}']);
    expect(config.transformRequest).toHaveLength(2);
  });

  it('the module does not call the interceptors of another library after it is detached', async () => {
    const instance = attached();
    app.module.get(OAuth2HttpInterceptor).detach(instance);
    expect(Object.keys(instance.interceptors.request)).toEqual(
      Object.keys(axios.create().interceptors.request),
    );
    instance.interceptors.request.use((config) => ({ ...config, adapter: another }));
    await instance.get('/orders');
    expect(sent[0]?.headers.get('Authorization')).toBeUndefined();
  });
});

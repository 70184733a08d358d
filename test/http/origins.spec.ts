import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AxiosInstance, AxiosRequestConfig, InternalAxiosRequestConfig } from 'axios';
import { firstValueFrom } from 'rxjs';

import { acme } from '../support/acme.js';
import { rejection, settle } from '../support/collect.js';
import { FakeVendor, type Received } from '../support/fake-vendor.js';
import { Gate } from '../support/gate.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';

const TOKEN = 'access-token-number-1';
const tokens = (requests: readonly Received[]) => requests.map(({ token }) => token);

describe('the token of an API', () => {
  let api: FakeVendor;
  let stranger: FakeVendor;
  let app: App;

  const send = (config: AxiosRequestConfig, provider?: string) =>
    firstValueFrom(app.http(provider).request(config));

  beforeEach(async () => {
    [api, stranger] = await Promise.all([FakeVendor.start(), FakeVendor.start()]);
    api.onApi = stranger.onApi = ({ path }) => ({ body: { path } });
    app = await App.start({ providers: [acme(api)] });
    await app.tokens('acme').getToken();
  });

  afterEach(() => Promise.all([app.close(), api.close(), stranger.close()]));

  it.each([
    ['an absolute URL', () => `${api.url}/orders`],
    ['a scheme in upper case', () => `HTTP://127.0.0.1:${api.port}/orders`],
    ['another spelling of the address', () => `http://0x7f.1:${api.port}/orders`],
    ['dots in the path', () => `${api.url}/x/../orders`],
  ])('a token goes to its origin by %s', async (_what, url) => {
    for (const provider of ['acme', undefined]) await send({ url: url() }, provider);
    expect(api.apiRequests.map(({ path }) => path)).toEqual(['/orders', '/orders']);
    expect(tokens(api.apiRequests)).toEqual([TOKEN, TOKEN]);
  });

  it.each([
    ['an absolute URL', () => ({ url: `${stranger.url}/x` })],
    ['a URL without a scheme', () => ({ url: `//127.0.0.1:${stranger.port}/x` })],
    ['backslashes', () => ({ url: `\\\\127.0.0.1:${stranger.port}\\x` })],
    ['a scheme and backslashes', () => ({ url: `http:\\\\127.0.0.1:${stranger.port}\\x` })],
    ['a scheme without slashes', () => ({ url: `http:127.0.0.1:${stranger.port}/x` })],
    ['a scheme in upper case', () => ({ url: `HTTP://127.0.0.1:${stranger.port}/x` })],
    ['tabs and line breaks', () => ({ url: `ht\ntp://127.0.0.1:\t${stranger.port}/x` })],
    ['userinfo that looks like the API', () => ({ url: userinfo(api, stranger) })],
    ['a base URL of its own', () => ({ url: '/x', baseURL: stranger.url })],
    ['a base URL and an absolute URL', () => ({ url: `${stranger.url}/x`, baseURL: api.url })],
    ['another name of the host', () => ({ url: `http://localhost:${api.port}/x` })],
    ['the name of the host with a dot', () => ({ url: `http://127.0.0.1.:${stranger.port}/x` })],
  ])('a request that goes to another host by %s gets no token', async (_what, config) => {
    const { errors } = await settle([send(config()), send(config(), 'acme')]);
    const arrived = [...stranger.apiRequests, ...api.apiRequests].filter(({ path }) =>
      path.endsWith('x'),
    );
    expect(arrived.length + errors.length).toBeGreaterThanOrEqual(2);
    expect(tokens(stranger.apiRequests)).not.toContain(TOKEN);
    for (const { token, headers } of arrived) {
      if (headers.host !== `127.0.0.1:${api.port}`) expect(token).toBeUndefined();
    }
  });

  it('a request for a token to a URL that no provider owns fails, and the error names both origins without the query', async () => {
    const refusals = [
      [
        `http://localhost:${api.port}/orders?cursor=a-s3cret`,
        `http://localhost:${api.port}/orders`,
      ],
      [`${stranger.url}/next#a-s3cret`, `${stranger.url}/next`],
      [`http://user:a-s3cret@127.0.0.1:${stranger.port}/`, `${stranger.url}/`],
    ] as const;
    for (const [url, shown] of refusals) {
      const error = await rejection(send({ url }, 'acme'));
      expect(error).toMatchObject({ code: 'URL_NOT_OWNED', provider: 'acme' });
      expect(String(error)).toContain(`${shown}, which is none of its origins: ${api.url}.`);
      expectNoSecret(error, ['a-s3cret']);
    }
    const data = await rejection(send({ url: 'data:text/plain,a-s3cret', baseURL: '' }, 'acme'));
    expect(data).toMatchObject({ code: 'URL_NOT_OWNED' });
    expectNoSecret(data, ['a-s3cret']);
    expect(stranger.apiRequests).toEqual([]);
  });

  it('`oauth2: false` and an HttpService of no provider send a request without a token', async () => {
    await send({ url: `${stranger.url}/x`, oauth2: false }, 'acme');
    await send({ url: `${stranger.url}/x` });
    expect(tokens(stranger.apiRequests)).toEqual([undefined, undefined]);
  });

  it('a token goes below the base URL if absolute URLs are not allowed', async () => {
    await send({ url: `${stranger.url}/x`, allowAbsoluteUrls: false }, 'acme');
    expect(stranger.apiRequests).toHaveLength(0);
    expect(api.apiRequests[0]).toMatchObject({ path: `/${stranger.url}/x`, token: TOKEN });
  });

  it('a token does not go to a Unix socket, whatever the URL', async () => {
    const socketPath = join(tmpdir(), `oauth2-client-${process.pid}.sock`);
    const seen: (string | undefined)[] = [];
    const server = createServer((req, res) => {
      seen.push(req.headers.authorization);
      res.end();
    });
    await new Promise<void>((listening) => server.listen(socketPath, listening));
    try {
      const oauth2 = { provider: 'acme' };
      for (const refused of [
        send({ url: '/x', socketPath }, 'acme'),
        send({ url: api.url, socketPath }),
        send({ url: api.url, socketPath, oauth2 }),
      ]) {
        const error = await rejection(refused);
        expect(error).toMatchObject({ code: 'URL_NOT_OWNED', provider: 'acme' });
        expect(String(error)).toContain('socketPath');
      }
      expect(seen).toEqual([]);
      await send({ url: '/x', socketPath, oauth2: false }, 'acme');
      await send({ url: stranger.url, socketPath });
      expect(seen).toEqual([undefined, undefined]);
    } finally {
      server.close();
      rmSync(socketPath, { force: true });
    }
  });

  describe.each([
    ['in the usual order', true],
    ['in the order of their registration', false],
  ])('interceptors run %s', (_order, legacyInterceptorReqResOrdering) => {
    const transitional = { legacyInterceptorReqResOrdering };
    const use = (change: (config: InternalAxiosRequestConfig) => void) => {
      const instance: AxiosInstance = app.http('acme').axiosRef;
      for (const synchronous of [true, false]) {
        instance.interceptors.request.use(
          (config) => {
            change(config);
            return config;
          },
          undefined,
          { synchronous },
        );
      }
    };

    it('a token does not follow an interceptor that changes the URL', async () => {
      use((config) => void (config.url = `${stranger.url}/x`));
      const error = await rejection(send({ url: '/orders', transitional }, 'acme'));
      expect(error).toMatchObject({ code: 'URL_NOT_OWNED' });
      expect(stranger.apiRequests).toEqual([]);
    });

    it('a token does not follow an interceptor that changes the base URL', async () => {
      use((config) => void (config.baseURL = stranger.url));
      const error = await rejection(send({ url: '/orders', transitional }, 'acme'));
      expect(error).toMatchObject({ code: 'URL_NOT_OWNED' });
      expect(stranger.apiRequests).toEqual([]);
    });

    it('a request that an interceptor leads to the API gets the token', async () => {
      use((config) => void (config.url = `${api.url}/orders`));
      await send({ url: stranger.url, transitional }, 'acme');
      expect(tokens(api.apiRequests)).toEqual([TOKEN]);
    });

    it('a request gets the token if an interceptor sets another adapter', async () => {
      use((config) => void (config.adapter = 'fetch'));
      await send({ url: '/orders', transitional }, 'acme');
      expect(tokens(api.apiRequests)).toEqual([TOKEN]);
    });
  });

  it('a request gets the token with every form of adapter', async () => {
    const adapters = ['http', 'fetch', ['xhr', 'fetch'], undefined] as const;
    for (const adapter of adapters) {
      await send({ url: '/orders', adapter: adapter as AxiosRequestConfig['adapter'] }, 'acme');
    }
    expect(tokens(api.apiRequests)).toEqual(adapters.map(() => TOKEN));
  });
});

describe('a request that is sent elsewhere, too, while it is under way', () => {
  it('an interceptor that sends the request to another host at the same time has no token to send', async () => {
    const [api, spare] = await Promise.all([FakeVendor.start(), FakeVendor.start()]);
    const app = await App.start({ providers: [acme(api)] });
    const gate = new Gate();
    api.onApi = async () => (await gate.pass(), {});
    spare.onApi = () => ({});
    const { axiosRef } = app.http('acme');
    const held: InternalAxiosRequestConfig[] = [];
    axiosRef.interceptors.request.use((config) => (held.push(config), config));
    const first = axiosRef.get('/orders');
    await gate.arrived();
    expectNoSecret(held, [TOKEN]);
    await axiosRef.request({ ...held[0], url: `${spare.url}/orders`, oauth2: false });
    gate.open();
    await first;
    expect([tokens(api.apiRequests), tokens(spare.apiRequests)]).toEqual([[TOKEN], [undefined]]);
    await Promise.all([app.close(), api.close(), spare.close()]);
  });
});

describe('the tokens of several APIs', () => {
  let vendors: FakeVendor[];
  let app: App;

  beforeEach(async () => {
    vendors = await Promise.all([FakeVendor.start(), FakeVendor.start(), FakeVendor.start()]);
    const [shop, bank] = vendors as [FakeVendor, FakeVendor];
    shop.onToken = () => ({ body: { access_token: 'of-the-shop' } });
    bank.onToken = () => ({ body: { access_token: 'of-the-bank' } });
    for (const vendor of vendors) vendor.onApi = () => ({});
    app = await App.start({
      providers: [acme(shop, { name: 'shop' }), acme(bank, { name: 'bank' })],
    });
  });

  afterEach(() => Promise.all([app.close(), ...vendors.map((vendor) => vendor.close())]));

  const seen = () => vendors.map(({ apiRequests }) => tokens(apiRequests));
  const callAll = (provider?: string) =>
    vendors.map(({ url }) => firstValueFrom(app.http(provider).get(`${url}/x`)));

  it('the unbound HttpService sends each token only to its own API', async () => {
    await Promise.all(callAll());
    expect(seen()).toEqual([['of-the-shop'], ['of-the-bank'], [undefined]]);
  });

  it('a bound HttpService refuses the URLs of other providers', async () => {
    const refusal = { code: 'URL_NOT_OWNED', provider: 'bank' };
    const { errors } = await settle(callAll('bank'));
    expect(errors).toMatchObject([refusal, refusal]);
    expect(seen()).toEqual([[], ['of-the-bank'], []]);
    expect(vendors[0]!.tokenRequests).toHaveLength(0);
  });
});

function userinfo(api: FakeVendor, stranger: FakeVendor): string {
  return `http://127.0.0.1:${api.port}@127.0.0.1:${stranger.port}/x`;
}

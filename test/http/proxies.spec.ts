import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { acme, CLIENT_ID, CLIENT_SECRET } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';
import { RecorderProxy } from '../support/recorder-proxy.js';
import { expectNoSecret } from '../support/secrets.js';
import { impatientClock } from '../support/manual-clock.js';

const VARIABLES = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [
  name,
  name.toUpperCase(),
]);
const BASIC = Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64');

describe('a proxy', () => {
  const saved = VARIABLES.map((name) => [name, process.env[name]] as const);
  let vendor: FakeVendor;
  let proxy: RecorderProxy;
  let app: App | undefined;

  beforeEach(async () => {
    [vendor, proxy] = await Promise.all([FakeVendor.start(), RecorderProxy.start()]);
    for (const name of VARIABLES) delete process.env[name];
  });

  afterEach(async () => {
    for (const [name, value] of saved) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await Promise.all([app?.close(), vendor.close(), proxy.close()]);
    app = undefined;
  });

  async function start(changes: Readonly<Record<string, unknown>> = {}): Promise<App> {
    app = await App.start({
      runtime: { clock: impatientClock() },
      providers: [acme(vendor, changes)],
    });
    return app;
  }
  const call = (started: App) => firstValueFrom(started.http('acme').get('/orders'));
  const seen = () => proxy.seen.map(({ method, target }) => `${method} ${target}`);

  it('the proxy of the environment gets token requests and API requests', async () => {
    process.env['HTTP_PROXY'] = proxy.url;
    await call(await start());
    expect(seen()).toEqual([`POST ${vendor.url}/token`, `GET ${vendor.url}/orders`]);
    expect([vendor.tokenRequests.length, vendor.apiRequests.length]).toEqual([1, 1]);
  });

  it('the proxy of the environment gets nothing for an excepted host', async () => {
    process.env['HTTP_PROXY'] = proxy.url;
    process.env['NO_PROXY'] = 'example.com,127.0.0.1';
    await call(await start());
    expect(seen()).toEqual([]);
    expect(vendor.apiRequests).toHaveLength(1);
  });

  it('the proxy of the environment gets nothing if the provider sets `proxy: false`', async () => {
    process.env['HTTP_PROXY'] = proxy.url;
    await call(await start({ axios: { proxy: false } }));
    expect(seen()).toEqual([]);
    expect(vendor.apiRequests).toHaveLength(1);
  });

  it('the proxy of the provider gets token requests and API requests', async () => {
    await call(await start({ axios: { proxy: { host: '127.0.0.1', port: proxy.port } } }));
    expect(seen()).toEqual([`POST ${vendor.url}/token`, `GET ${vendor.url}/orders`]);
  });

  it('the proxy of the module gets the requests of all providers and those without one', async () => {
    const stranger = await FakeVendor.start();
    stranger.onApi = vendor.onApi = () => ({});
    app = await App.start({
      providers: [acme(vendor)],
      axios: { proxy: { host: '127.0.0.1', port: proxy.port } },
    });
    try {
      await call(app);
      await firstValueFrom(app.http().get(`${stranger.url}/x`));
      await firstValueFrom(app.http('acme').get('/mine', { headers: { authorization: 'Mine' } }));
      expect(seen()).toEqual([
        `POST ${vendor.url}/token`,
        `GET ${vendor.url}/orders`,
        `GET ${stranger.url}/x`,
        `GET ${vendor.url}/mine`,
      ]);
    } finally {
      await stranger.close();
    }
  });

  it('the proxy of the provider gets all requests of its HttpService, with a token or without', async () => {
    vendor.onApi = () => ({});
    const started = await start({ axios: { proxy: { host: '127.0.0.1', port: proxy.port } } });
    const http = started.http('acme');
    await firstValueFrom(http.get('/public', { oauth2: false }));
    await firstValueFrom(http.get('/mine', { headers: { authorization: 'Mine' } }));
    await firstValueFrom(http.get(`http://localhost:${vendor.port}/elsewhere`, { oauth2: false }));
    expect(seen()).toEqual([
      `GET ${vendor.url}/public`,
      `GET ${vendor.url}/mine`,
      `GET http://localhost:${vendor.port}/elsewhere`,
    ]);
  });

  it('the proxy of a request replaces that of the provider', async () => {
    const started = await start({ axios: { proxy: { host: '127.0.0.1', port: proxy.port } } });
    await firstValueFrom(started.http('acme').get('/orders', { proxy: false }));
    expect(seen()).toEqual([`POST ${vendor.url}/token`]);
    expect(vendor.apiRequests).toHaveLength(1);
  });

  it('a rejected token is renewed and retried through the proxy too', async () => {
    process.env['HTTP_PROXY'] = proxy.url;
    const started = await start();
    await call(started);
    vendor.revokeAll();
    await call(started);
    expect(seen().slice(2)).toEqual([
      `GET ${vendor.url}/orders`,
      `POST ${vendor.url}/token`,
      `GET ${vendor.url}/orders`,
    ]);
  });

  it('a proxy tunnels API requests by https and cannot read the token', async () => {
    process.env['HTTPS_PROXY'] = proxy.url;
    const started = await start({ baseURL: 'https://localhost:1' });
    const error = await rejection(call(started));
    expect(vendor.tokenRequests).toHaveLength(1);
    expect(seen()).toEqual(['CONNECT localhost:1']);
    expectNoSecret([proxy.seen, error], ['access-token-number-1']);
  });

  it('a proxy tunnels token requests by https and cannot read the credentials', async () => {
    process.env['HTTPS_PROXY'] = proxy.url;
    const started = await start({ tokenEndpoint: 'https://localhost:1/token' });
    const error = await rejection(call(started));
    expect(error).toMatchObject({ name: 'OAuth2ClientError', retryable: true });
    expect(new Set(seen())).toEqual(new Set(['CONNECT localhost:1']));
    expectNoSecret([proxy.seen, error], [CLIENT_SECRET, BASIC]);
  });

  it('a proxy gets no token on a redirect that leaves the API', async () => {
    process.env['HTTP_PROXY'] = proxy.url;
    const stranger = await FakeVendor.start();
    stranger.onApi = () => ({ body: {} });
    vendor.onApi = () => ({ status: 302, headers: { location: `${stranger.url}/x` } });
    try {
      await call(await start());
      expect(seen().at(-1)).toBe(`GET ${stranger.url}/x`);
      expectNoSecret(proxy.seen.at(-1), ['access-token-number-1']);
      expect(stranger.apiRequests[0]?.token).toBeUndefined();
    } finally {
      await stranger.close();
    }
  });
});

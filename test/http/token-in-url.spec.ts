import { inspect } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AxiosRequestConfig } from 'axios';
import { firstValueFrom } from 'rxjs';

import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { LoopbackServer } from '../../lib/testing/loopback-server.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';

const TOKEN = 'access-token-number-1';

describe('a token in the URL', () => {
  let vendor: FakeVendor;
  let api: LoopbackServer;
  let app: App;

  beforeEach(async () => {
    [vendor, api] = await Promise.all([FakeVendor.start(), LoopbackServer.start()]);
    vendor.onApi = () => ({ body: {} });
  });
  afterEach(() => Promise.all([app.close(), vendor.close(), api.close()]));

  const start = async (baseURL = vendor.url) => {
    app = await App.start({
      providers: [acme(vendor, { use: { queryParameter: 'key' }, baseURL })],
    });
  };
  const send = (config: AxiosRequestConfig = {}) =>
    firstValueFrom(app.http('acme').request({ url: '/orders', ...config }));

  it('no printed response shows a token in the URL', async () => {
    await start();
    const response = await send();
    expect(vendor.apiRequests[0]!.query.get('key')).toBe(TOKEN);
    expect(inspect(response, { depth: 8, showHidden: true })).not.toContain(TOKEN);
  });

  it('no error shows a token in the URL', async () => {
    await start();
    vendor.onApi = () => ({ status: 404 });
    expectNoSecret(await rejection(send()), [TOKEN]);
  });

  it("a token in the URL does not change the caller's query, and neither is shown", async () => {
    const arrived: (string | undefined)[] = [];
    // A server that keeps the URL itself, for parsing it would hide what was changed.
    api.serve(({ url }, response) => {
      arrived.push(url);
      response.end('{}');
    });
    await start(api.url);
    const response = await send({ url: '/orders?filter=a%20b&flag' });
    expect(arrived).toEqual([`/orders?filter=a%20b&flag&key=${TOKEN}`]);
    expect((response.request as { path: string }).path).toBe('/orders?[redacted]');
  });

  it('a token in the URL that a redirect within the API drops is not renewed after a 401 there', async () => {
    await start();
    vendor.onApi = ({ path, query }) => {
      if (path === '/orders') return { status: 302, headers: { location: '/b' } };
      return query.has('key') ? { body: {} } : { status: 401 };
    };
    expect(await rejection(send())).toMatchObject({ response: { status: 401 } });
    expect(vendor.apiRequests.map(({ path }) => path)).toEqual(['/orders', '/b']);
    expect(vendor.tokenRequests).toHaveLength(1);
  });
});

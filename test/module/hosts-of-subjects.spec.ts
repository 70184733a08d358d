import { Agent } from 'node:http';
import type { LookupFunction } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { defineProvider, url, values } from '../../lib/index.js';
import { CLIENT_ID, CLIENT_SECRET } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';

/** Every host name is this machine. */
const lookup = ((_host, { all }, callback) =>
  all
    ? callback(null, [{ address: '127.0.0.1', family: 4 }])
    : callback(null, '127.0.0.1', 4)) as LookupFunction;

describe('a vendor with a host for each shop', () => {
  let vendor: FakeVendor;
  let app: App;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    vendor.onApi = () => ({ body: {} });
    const { port } = vendor;
    const host = ({ subject }: { subject: string | undefined }) =>
      url`http://${subject!}.shops.localhost:${String(port)}`;
    const shops = defineProvider({
      name: 'shops',
      tokenEndpoint: (account) => `${host(account)}/oauth/token`,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      baseURLFrom: (account) => `${host(account)}/api`,
      origins: [`http://*.shops.localhost:${port}`, vendor.url],
      axios: { httpAgent: new Agent({ lookup }) },
    });
    app = await App.start({ providers: [shops] });
  });
  afterEach(() => Promise.all([app.close(), vendor.close()]));

  const get = (path: string, subject?: string) =>
    firstValueFrom(
      app.http('shops').get(path, { oauth2: subject === undefined ? {} : { subject } }),
    );
  const asked = () =>
    [...vendor.tokenRequests, ...vendor.apiRequests].map(
      ({ headers, path, token }) => `${headers.host?.split('.')[0]} ${path} ${token ?? ''}`,
    );

  it('token requests and API requests go to the host of the subject', async () => {
    await get('/orders', 'berlin');
    await get('/orders', 'accra');
    expect(asked()).toEqual([
      'berlin /oauth/token ',
      'accra /oauth/token ',
      'berlin /api/orders access-token-number-1',
      'accra /api/orders access-token-number-2',
    ]);
  });

  it('a shop gets no token of another shop, although one wildcard covers both', async () => {
    const elsewhere = `http://accra.shops.localhost:${vendor.port}/api/orders`;
    const error = await rejection(get(elsewhere, 'berlin'));
    expect(error).toMatchObject({ code: 'URL_NOT_OWNED', provider: 'shops' });
    expect(vendor.apiRequests).toEqual([]);
    await get(`http://berlin.shops.localhost:${vendor.port}/files/1`, 'berlin');
    await get(`${vendor.url}/shared`, 'berlin');
    expect(vendor.apiRequests.map(({ path }) => path)).toEqual(['/files/1', '/shared']);
  });

  it('a shop gets no token of another shop by a redirect', async () => {
    vendor.onApi = ({ path }) =>
      path === '/api/moved'
        ? {
            status: 302,
            headers: { location: `http://accra.shops.localhost:${vendor.port}/api/x` },
          }
        : { body: {} };
    await get('/moved', 'berlin');
    expect(vendor.apiRequests.map(({ token }) => token)).toEqual([
      'access-token-number-1',
      undefined,
    ]);
  });

  it.each(['evil.example/', 'a.b.c@evil.example', 'x#', '', 'a/../b', 'berlin:1@evil.example'])(
    'nothing is sent for the subject %j, which cannot be a label of a host name',
    async (subject) => {
      expect(await rejection(get('/orders', subject))).toMatchObject({
        code: expect.stringMatching(/^(CONFIGURATION_INVALID|REQUEST_INVALID|URL_NOT_OWNED)$/),
      });
      expect(asked()).toEqual([]);
    },
  );

  it('nothing is sent for a call without a subject if the host depends on it', async () => {
    await rejection(get('/orders'));
    expect(asked()).toEqual([]);
  });
});

describe('a token endpoint that a function leads to', () => {
  let vendor: FakeVendor;
  let stranger: FakeVendor;
  let app: App | undefined;

  beforeEach(async () => {
    [vendor, stranger] = await Promise.all([FakeVendor.start(), FakeVendor.start()]);
  });
  afterEach(() => Promise.all([app?.close(), vendor.close(), stranger.close()]));

  const start = async (changes: object) => {
    app = await App.start({
      providers: [
        defineProvider({
          name: 'acme',
          tokenEndpoint: values.response('discovery', 'token_endpoint'),
          before: {
            discovery: { url: `${vendor.url}/.well-known/openid-configuration`, method: 'GET' },
          },
          clientId: CLIENT_ID,
          clientSecret: CLIENT_SECRET,
          baseURL: vendor.url,
          ...changes,
        }),
      ],
    });
    return app.tokens('acme');
  };

  it('the token endpoint may come from the response of an earlier step', async () => {
    vendor.onApi = () => ({ body: { token_endpoint: `${vendor.url}/found/token` } });
    const tokens = await start({});
    expect((await tokens.getToken()).accessToken).toBe('access-token-number-1');
    expect(vendor.tokenRequests.map(({ path }) => path)).toEqual(['/found/token']);
  });

  it('a token endpoint from a response or a subject is never on a foreign host', async () => {
    vendor.onApi = () => ({ body: { token_endpoint: `${stranger.url}/token` } });
    const found = await start({});
    expect(await rejection(found.getToken())).toMatchObject({
      code: 'URL_NOT_OWNED',
      message: expect.stringContaining(`leads to ${stranger.url}`),
    });
    await app?.close();
    const named = await start({ before: undefined, tokenEndpoint: values.subject });
    expect(await rejection(named.getToken({ subject: `${stranger.url}/token` }))).toMatchObject({
      code: 'URL_NOT_OWNED',
    });
    expect([...stranger.tokenRequests, ...vendor.tokenRequests]).toEqual([]);
  });

  it('a token endpoint that is missing in the response of a step is a clear error', async () => {
    vendor.onApi = () => ({ body: {} });
    const tokens = await start({});
    expect(await rejection(tokens.getToken())).toMatchObject({
      message: expect.stringContaining('the step `discovery` has nothing at `token_endpoint`'),
    });
  });
});

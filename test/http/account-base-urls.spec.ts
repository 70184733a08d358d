import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AxiosRequestConfig } from 'axios';
import fc from 'fast-check';
import { firstValueFrom } from 'rxjs';

import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';

const TOKEN = 'access-token-number-1';

describe('a base URL that the token set tells', () => {
  let auth: FakeVendor;
  let api: FakeVendor;
  let stranger: FakeVendor;
  let app: App;
  let told: unknown;

  beforeEach(async () => {
    [auth, api, stranger] = await Promise.all([
      FakeVendor.start(),
      FakeVendor.start(),
      FakeVendor.start(),
    ]);
    told = `${api.url}/eu/v1`;
    auth.onToken = () => auth.grant({ account: { url: told } });
    api.onApi = ({ path }) => ({ body: { path } });
    stranger.onApi = () => ({ body: {} });
    app = await App.start({
      providers: [
        acme(auth, {
          baseURL: undefined,
          baseURLFrom: 'account.url',
          origins: [`${api.url}/eu`, 'https://*.acme.example'],
        }),
      ],
    });
  });
  afterEach(() => Promise.all([app.close(), auth.close(), api.close(), stranger.close()]));

  const send = (config: AxiosRequestConfig, bound: string | undefined = 'acme') =>
    firstValueFrom(app.http(bound).request<{ path: string }>(config));
  const nobody = () =>
    expect([...stranger.apiRequests, ...api.apiRequests, ...auth.apiRequests]).toEqual([]);

  it.each([
    ['/orders?page=2', '/eu/v1/orders'],
    ['orders', '/eu/v1/orders'],
    ['', '/eu/v1'],
    ['?page=2', '/eu/v1/'],
    [undefined, '/eu/v1'],
    ['@evil.example', '/eu/v1/@evil.example'],
    ['https:evil.example', '/eu/v1/https:evil.example'],
  ])('%j is relative to the base URL of the token set', async (url, path) => {
    const response = await send({ url });
    expect(response.data.path).toBe(path);
    expect(api.apiRequests[0]).toMatchObject({ token: TOKEN });
    expect(api.apiRequests).toHaveLength(1);
  });

  it('the base URL of a token set serves requests that name the provider', async () => {
    await firstValueFrom(app.http().get('/orders', { oauth2: { provider: 'acme' } }));
    expect(api.apiRequests[0]).toMatchObject({ path: '/eu/v1/orders', token: TOKEN });
  });

  it('an absolute URL or a base URL of the request needs no base URL of the token set', async () => {
    await send({ url: `${api.url}/eu/other` });
    await send({ url: '/x', baseURL: `${api.url}/eu/own` });
    expect(api.apiRequests.map(({ path, token }) => [path, token])).toEqual([
      ['/eu/other', TOKEN],
      ['/eu/own/x', TOKEN],
    ]);
  });

  it("the base URL of a token set serves requests with the caller's own credentials, which stay", async () => {
    await send({ url: '/orders', headers: { Authorization: 'Mine 1' } });
    expect(api.apiRequests[0]).toMatchObject({
      path: '/eu/v1/orders',
      headers: { authorization: 'Mine 1' },
    });
  });

  it('a retry goes to the base URL of the new token set', async () => {
    api.onApi = ({ path, token }) => (token === TOKEN ? { status: 401 } : { body: { path } });
    auth.onToken = () =>
      auth.grant({ account: { url: `${api.url}/eu/v${auth.tokenRequests.length}` } });
    expect((await send({ url: '/a' })).data.path).toBe('/eu/v2/a');
    expect(api.apiRequests.map(({ path }) => path)).toEqual(['/eu/v1/a', '/eu/v2/a']);
  });

  it('a base URL of a token set outside the origins gets neither the token nor the request', async () => {
    const strange = [
      ...[stranger.url, api.url, `${api.url}/`, `${api.url}/other`, `${api.url}/eu/../other`],
      ...[
        `${api.url}/eu/%2e%2e/x`,
        `http://localhost:${api.port}/eu`,
        `//127.0.0.1:${api.port}/eu`,
      ],
      ...[
        `http://u:p@127.0.0.1:${api.port}/eu`,
        `http://127.0.0.1:${api.port}@127.0.0.1:${stranger.port}/eu`,
      ],
      ...[
        'https://acme.example',
        'https://a.b.acme.example',
        'http://eu.acme.example',
        '/eu',
        'eu',
      ],
      ...['', ' ', null, undefined, 5, {}, [`${api.url}/eu`], 'javascript:alert(1)'],
    ];
    for (const url of strange) {
      told = url;
      await app
        .tokens('acme')
        .renew(app.tokens('acme').peek() ?? 'none')
        .catch(() => {});
      app.tokens('acme').invalidate();
      const error = await rejection(send({ url: '/orders' }));
      expect([url, error]).toEqual([url, expect.objectContaining({ code: 'URL_NOT_OWNED' })]);
      expect((error as Error).message).toContain('`account.url`');
      expectNoSecret(error, ['access-token-number']);
    }
    nobody();
  });

  it('no request leaves the API by the base URL of a token set', async () => {
    const urls = fc
      .array(
        fc.constantFrom(
          ...['..', '/', '\\', '@', ':', '%2e', 'eu', '?', '#', 'a', '//', ';', '\t'],
        ),
        { maxLength: 6 },
      )
      .map((parts) => parts.join(''));
    let arrived = 0;
    await fc.assert(
      fc.asyncProperty(urls, async (url) => {
        api.apiRequests.length = 0;
        const sent = await send({ url, validateStatus: null }).catch((error: unknown) => error);
        for (const { path, token } of api.apiRequests) {
          expect([url, token === undefined || path === '/eu' || path.startsWith('/eu/')]).toEqual([
            url,
            true,
          ]);
        }
        arrived += api.apiRequests.length;
        if (sent instanceof Error) expect(api.apiRequests).toEqual([]);
      }),
      { numRuns: 150 },
    );
    expect(arrived).toBeGreaterThan(20);
    expect(stranger.apiRequests).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AxiosRequestConfig } from 'axios';
import { firstValueFrom } from 'rxjs';

import type { OAuth2ClientModuleOptions } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';

let vendor: FakeVendor;
let app: App;

beforeEach(async () => {
  vendor = await FakeVendor.start();
  vendor.onApi = () => ({});
});

afterEach(() => Promise.all([app.close(), vendor.close()]));

const start = async (
  changes: Readonly<Record<string, unknown>> = {},
  module: Partial<OAuth2ClientModuleOptions> = {},
) => {
  app = await App.start({
    providers: [acme(vendor, changes)],
    ...module,
  });
};
const call = (config: AxiosRequestConfig = {}, provider = 'acme') =>
  firstValueFrom(app.http(provider).request({ url: `${vendor.url}/orders`, ...config }));
/** By the HttpService for all providers. */
const callAny = (config: AxiosRequestConfig = {}) =>
  firstValueFrom(app.http().request({ url: `${vendor.url}/orders`, ...config }));
const tokens = () => vendor.apiRequests.map(({ token }) => token);

describe('what one request says about its token', () => {
  it('each subject, scope and resource of a request has a token of its own', async () => {
    await start({ scope: 'orders:read' });
    const targets = [
      {},
      { subject: 'ama' },
      { subject: 'kofi' },
      { scope: 'orders:write' },
      { scope: ['orders:write', 'a'] },
      { resource: 'https://api.acme.example/' },
    ];
    for (let i = 0; i < 2; i++) for (const oauth2 of targets) await call({ oauth2 });
    const numbers = targets.map((_, i) => `access-token-number-${i + 1}`);
    expect(tokens()).toEqual([...numbers, ...numbers]);
    expect(vendor.tokenRequests.map(({ form }) => [form['scope'], form['resource']])).toEqual([
      ['orders:read', undefined],
      ['orders:read', undefined],
      ['orders:read', undefined],
      ['orders:write', undefined],
      ['orders:write a', undefined],
      ['orders:read', 'https://api.acme.example/'],
    ]);
  });

  it('scopes in another order have the same token', async () => {
    await start();
    for (const scope of ['a b', 'b a', ['b', 'a', 'b']]) await call({ oauth2: { scope } });
    expect(vendor.tokenRequests).toHaveLength(1);
  });

  it('a 401 renews the token of the subject that was rejected', async () => {
    await start();
    vendor.onApi = (request) => vendor.protect(request);
    await call({ oauth2: { subject: 'ama' } });
    await call();
    vendor.live.delete('access-token-number-1');
    await call({ oauth2: { subject: 'ama' } });
    await call();
    expect(tokens().slice(-2)).toEqual(['access-token-number-3', 'access-token-number-2']);
  });

  it('a request chooses between providers that share a URL', async () => {
    await start({}, { providers: [acme(vendor, { name: 'a' }), acme(vendor, { name: 'b' })] });
    vendor.onToken = (_request, count) => ({ body: { access_token: `token-${count}` } });
    const error = await rejection(callAny());
    expect(error).toMatchObject({ code: 'PROVIDER_AMBIGUOUS', provider: 'a, b' });
    await callAny({ oauth2: { provider: 'b' } });
    await call({}, 'a');
    expect(tokens()).toEqual(['token-1', 'token-2']);
  });

  it('a relative URL belongs to the provider that the request names', async () => {
    await start({ baseURL: `${vendor.url}/v1` });
    await callAny({ url: 'orders', oauth2: { provider: 'acme' } });
    expect(vendor.apiRequests).toMatchObject([
      { path: '/v1/orders', token: 'access-token-number-1' },
    ]);
  });

  it.each<[string, object, RegExp]>([
    ['a misspelled member', { scopes: 'a' }, /`scopes`/],
    ['a subject that is missing', { subject: undefined }, /`subject`/],
    ['an empty subject', { subject: '' }, /`subject`/],
  ])(
    'a request with %s fails, so that it never carries the token of another account',
    async (_what, oauth2, told) => {
      await start();
      const error = await rejection(call({ oauth2 }));
      expect(error).toMatchObject({ name: 'OAuth2ClientError', provider: 'acme' });
      expect(String(error)).toMatch(told);
      expect([vendor.tokenRequests.length, vendor.apiRequests.length]).toEqual([0, 0]);
    },
  );

  it.each([
    ['a subject', { subject: 'ama' }],
    ['a scope', { scope: 'a' }],
  ])('a request with %s to a URL of no provider fails', async (_what, oauth2) => {
    await start();
    const elsewhere = { url: 'http://127.0.0.1:1/', oauth2 };
    for (const work of [callAny(elsewhere), call(elsewhere)]) {
      expect(await rejection(work)).toMatchObject({ code: 'URL_NOT_OWNED' });
    }
  });

  it.each([true, 'acme', null, 5])(
    'the `oauth2` option of a request cannot be %j',
    async (oauth2) => {
      await start();
      const error = await rejection(call({ oauth2 } as unknown as AxiosRequestConfig));
      expect(error).toMatchObject({ code: 'REQUEST_INVALID', provider: 'acme' });
      expect(vendor.apiRequests).toHaveLength(0);
    },
  );

  it('the `oauth2` option of a request may be absent or empty', async () => {
    await start();
    await call({ oauth2: {} });
    await callAny({ oauth2: {}, url: `http://localhost:${vendor.port}/` });
    expect(tokens()).toEqual(['access-token-number-1', undefined]);
  });

  it('a request that names an unknown provider, or one that does not own the URL, fails', async () => {
    await start();
    const elsewhere = { url: 'http://127.0.0.1:1/', oauth2: { provider: 'acme' } };
    expect(await rejection(callAny(elsewhere))).toMatchObject({ code: 'URL_NOT_OWNED' });
    expect(await rejection(call({ oauth2: { provider: 'acmee' } }))).toMatchObject({
      code: 'PROVIDER_UNKNOWN',
    });
    expect([vendor.tokenRequests.length, vendor.apiRequests.length]).toEqual([0, 0]);
  });
});

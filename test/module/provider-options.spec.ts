import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AxiosRequestConfig } from 'axios';
import { firstValueFrom } from 'rxjs';

import { zeepay, type OAuth2ClientModuleOptions } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor, hang } from '../support/fake-vendor.js';
import { ManualClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';

let vendor: FakeVendor;
let clock: ManualClock;
let app: App;

beforeEach(async () => {
  vendor = await FakeVendor.start();
  vendor.onApi = () => ({});
  clock = new ManualClock();
});

afterEach(() => Promise.all([app.close(), vendor.close()]));

const start = async (
  changes: Readonly<Record<string, unknown>> = {},
  module: Partial<OAuth2ClientModuleOptions> = {},
) => {
  app = await App.start({
    runtime: { clock, random: () => 0 },
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

describe('a provider that is disabled', () => {
  it('calls of a disabled provider fail without a request, and other providers work', async () => {
    const disabled = zeepay({
      server: `${vendor.url}/zeepay`,
      clientId: '',
      clientSecret: '',
      username: '',
      password: '',
      enabled: false,
    });
    await start({}, { providers: [disabled, acme(vendor)] });
    for (let i = 0; i < 3; i++) {
      const error = await rejection(firstValueFrom(app.http('zeepay').get('/payouts')));
      expect(error).toMatchObject({ code: 'PROVIDER_DISABLED', provider: 'zeepay' });
    }
    await call();
    expect([tokens(), vendor.tokenRequests.length]).toEqual([['access-token-number-1'], 1]);
  });
});

describe('a provider that is disabled beside one for the same URL', () => {
  it('a disabled provider leaves its URL to another provider for the same URL', async () => {
    const disabled = acme(vendor, { name: 'later', enabled: false, clientSecret: undefined });
    await start({}, { providers: [disabled, acme(vendor)] });
    await callAny();
    expect(tokens()).toEqual(['access-token-number-1']);
  });
});

describe('credentials that are functions', () => {
  it('credential functions are called once per token request and may return new values', async () => {
    const secrets = ['first-secret', 'second-secret'];
    let asked = 0;
    await start({
      clientId: () => 'shop',
      clientSecret: () => Promise.resolve(secrets[asked++]!),
      clientAuthentication: 'client_secret_post',
    });
    await Promise.all([call(), call(), call()]);
    clock.advance(3_600_000);
    await call();
    expect(vendor.tokenRequests.map(({ form }) => form['client_secret'])).toEqual(secrets);
    expect(asked).toBe(2);
  });

  it('credential functions receive the account of the token', async () => {
    await start({
      clientId: ({ subject }: { subject?: string }) => `shop-of-${subject ?? 'nobody'}`,
      clientAuthentication: 'client_secret_post',
    });
    await call({ oauth2: { subject: 'ama' } });
    await call();
    expect(vendor.tokenRequests.map(({ form }) => form['client_id'])).toEqual([
      'shop-of-ama',
      'shop-of-nobody',
    ]);
  });

  it.each([
    ['throw', () => Promise.reject(new Error('vault says: hvs.CAESIJkW3xLq'))],
    ['return nothing', () => undefined],
    ['return an empty string', () => ' '],
  ])(
    'credential functions that %s are named in the error without its text',
    async (_what, clientSecret) => {
      await start({ clientSecret });
      const error = await rejection(call());
      expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', provider: 'acme' });
      expect(String(error)).toContain('`clientSecret`');
      expectNoSecret([error, app.log.lines], ['hvs.CAESIJkW3xLq']);
      expect([vendor.tokenRequests.length, vendor.apiRequests.length]).toEqual([0, 0]);
    },
  );
});

describe('the deadline of a provider', () => {
  it('the deadline of a provider limits a renewal', async () => {
    await start({ deadline: 4_000 });
    const asked = new Promise<void>((resolve) => {
      vendor.onToken = () => {
        resolve();
        return hang;
      };
    });
    const pending = rejection(call());
    await asked;
    clock.advance(4_000);
    expect(await pending).toMatchObject({ code: 'TOKEN_REQUEST_TIMEOUT', provider: 'acme' });
  });
});

describe('axios options', () => {
  it('axios options of the request win over those of the provider, and these over those of the module', async () => {
    await start(
      { axios: { headers: { 'x-b': 'provider', 'x-c': 'provider' }, params: { b: 2 } } },
      { axios: { headers: { 'x-a': 'module', 'x-b': 'module', 'x-c': 'module' }, timeout: 7_000 } },
    );
    const { config } = await call({ headers: { 'x-c': 'request' } });
    expect(vendor.apiRequests[0]).toMatchObject({
      headers: { 'x-a': 'module', 'x-b': 'provider', 'x-c': 'request' },
    });
    expect(vendor.apiRequests[0]?.query.get('b')).toBe('2');
    expect(config.timeout).toBe(7_000);
    await callAny();
    expect(vendor.apiRequests[1]?.headers).toMatchObject({ 'x-a': 'module', 'x-b': 'module' });
  });

  it('axios options of the API do not go into token requests', async () => {
    await start({ axios: { headers: { 'x-b': 'provider' }, params: { b: 2 }, maxRedirects: 5 } });
    vendor.onToken = (_request, count) =>
      count > 1 ? vendor.grant() : { status: 307, headers: { location: '/token' } };
    expect(await rejection(call())).toMatchObject({ provider: 'acme', stage: 'token request' });
    expect(vendor.tokenRequests).toHaveLength(1);
    expect(vendor.tokenRequests[0]?.headers['x-b']).toBeUndefined();
    expect(vendor.tokenRequests[0]?.query.size).toBe(0);
  });
});

describe('which requests are replayed', () => {
  it.each([
    ['all', ['get', 'put', 'delete', 'post', 'patch'], []],
    ['idempotent', ['get', 'put', 'delete'], ['post', 'patch']],
    ['none', [], ['get', 'put', 'delete', 'post', 'patch']],
  ])('the provider decides which requests are repeated: %s', async (retry, replayed, left) => {
    await start({ retry });
    vendor.onApi = (request) => vendor.protect(request);
    await app.tokens('acme').getToken();
    for (const method of [...replayed, ...left]) {
      vendor.revokeAll();
      clock.advance(10_000);
      vendor.apiRequests.length = 0;
      const status = await call({ method, validateStatus: () => true }).then((r) => r.status);
      expect([method, status, vendor.apiRequests.length]).toEqual(
        replayed.includes(method) ? [method, 200, 2] : [method, 401, 1],
      );
      await app.tokens('acme').getToken(); // the renewal that a 401 without replay has begun
    }
  });
});

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
  it('says so on every call, sends nothing, and leaves the others alone', async () => {
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
  it('leaves the URL to the other', async () => {
    const disabled = acme(vendor, { name: 'later', enabled: false, clientSecret: undefined });
    await start({}, { providers: [disabled, acme(vendor)] });
    await callAny();
    expect(tokens()).toEqual(['access-token-number-1']);
  });
});

describe('credentials that are functions', () => {
  it('are asked once per token request, and may change', async () => {
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

  it('are told whose token it is', async () => {
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
  ])('are named in the error when they %s, without what they said', async (_what, clientSecret) => {
    await start({ clientSecret });
    const error = await rejection(call());
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', provider: 'acme' });
    expect(String(error)).toContain('`clientSecret`');
    expectNoSecret([error, app.log.lines], ['hvs.CAESIJkW3xLq']);
    expect([vendor.tokenRequests.length, vendor.apiRequests.length]).toEqual([0, 0]);
  });
});

describe('what one request says about its token', () => {
  it('keeps the tokens of subjects, scopes and resources apart', async () => {
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

  it('takes scopes in another order for the same', async () => {
    await start();
    for (const scope of ['a b', 'b a', ['b', 'a', 'b']]) await call({ oauth2: { scope } });
    expect(vendor.tokenRequests).toHaveLength(1);
  });

  it('renews the very token that was rejected', async () => {
    await start();
    vendor.onApi = (request) => vendor.protect(request);
    await call({ oauth2: { subject: 'ama' } });
    await call();
    vendor.live.delete('access-token-number-1');
    await call({ oauth2: { subject: 'ama' } });
    await call();
    expect(tokens().slice(-2)).toEqual(['access-token-number-3', 'access-token-number-2']);
  });

  it('chooses between providers that share a URL', async () => {
    await start({}, { providers: [acme(vendor, { name: 'a' }), acme(vendor, { name: 'b' })] });
    vendor.onToken = (_request, count) => ({ body: { access_token: `token-${count}` } });
    const error = await rejection(callAny());
    expect(error).toMatchObject({ code: 'PROVIDER_AMBIGUOUS', provider: 'a, b' });
    await callAny({ oauth2: { provider: 'b' } });
    await call({}, 'a');
    expect(tokens()).toEqual(['token-1', 'token-2']);
  });

  it('makes a relative URL one of the provider that it names', async () => {
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
  ])('is an error with %s, so that it is not the token of another', async (_what, oauth2, told) => {
    await start();
    const error = await rejection(call({ oauth2 }));
    expect(error).toMatchObject({ name: 'OAuth2ClientError', provider: 'acme' });
    expect(String(error)).toMatch(told);
    expect([vendor.tokenRequests.length, vendor.apiRequests.length]).toEqual([0, 0]);
  });

  it.each([
    ['a subject', { subject: 'ama' }],
    ['a scope', { scope: 'a' }],
  ])('is an error with %s for a URL that is nobody’s', async (_what, oauth2) => {
    await start();
    const elsewhere = { url: 'http://127.0.0.1:1/', oauth2 };
    for (const work of [callAny(elsewhere), call(elsewhere)]) {
      expect(await rejection(work)).toMatchObject({ code: 'URL_NOT_OWNED' });
    }
  });

  it.each([true, 'acme', null, 5])('cannot be %j', async (oauth2) => {
    await start();
    const error = await rejection(call({ oauth2 } as unknown as AxiosRequestConfig));
    expect(error).toMatchObject({ code: 'REQUEST_INVALID', provider: 'acme' });
    expect(vendor.apiRequests).toHaveLength(0);
  });

  it('may be nothing', async () => {
    await start();
    await call({ oauth2: {} });
    await callAny({ oauth2: {}, url: `http://localhost:${vendor.port}/` });
    expect(tokens()).toEqual(['access-token-number-1', undefined]);
  });

  it('is an error if it names a provider that does not serve the URL, or none at all', async () => {
    await start();
    const elsewhere = { url: 'http://127.0.0.1:1/', oauth2: { provider: 'acme' } };
    expect(await rejection(callAny(elsewhere))).toMatchObject({ code: 'URL_NOT_OWNED' });
    expect(await rejection(call({ oauth2: { provider: 'acmee' } }))).toMatchObject({
      code: 'PROVIDER_UNKNOWN',
    });
    expect([vendor.tokenRequests.length, vendor.apiRequests.length]).toEqual([0, 0]);
  });
});

describe('the deadline of a provider', () => {
  it('is how long a renewal may take', async () => {
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
  it('come from the module, then from the provider, then from the request', async () => {
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

  it('of the API do not go into the token requests', async () => {
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
  ])('is for the provider to say: %s', async (replay, replayed, left) => {
    await start({ replay });
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

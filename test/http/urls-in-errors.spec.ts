import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AxiosRequestConfig } from 'axios';
import { firstValueFrom } from 'rxjs';

import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';

const SECRET = 'a-s3cret';

let vendor: FakeVendor;
let app: App;
let told: object;

beforeEach(async () => {
  vendor = await FakeVendor.start();
  told = {};
  vendor.onToken = () => vendor.grant(told);
  app = await App.start({
    providers: [
      acme(vendor),
      acme(vendor, {
        name: 'told',
        baseURL: undefined,
        baseURLFrom: 'account.url',
        origins: ['https://api.acme.example'],
      }),
      acme({ url: 'https://twice.example' }, { name: 'one' }),
      acme({ url: 'https://twice.example' }, { name: 'two' }),
    ],
  });
});
afterEach(() => Promise.all([app.close(), vendor.close()]));

const send = (config: AxiosRequestConfig, bound?: string) =>
  rejection(firstValueFrom(app.http(bound).request(config)));

describe('a relative URL on the HttpService that is bound to no provider', () => {
  it.each(['/orders?q=a-s3cret', 'orders', 'api.acme.example/orders', '//api.acme.example/x', ''])(
    'a relative URL without a base URL is an error that says how to set one: %j',
    async (url) => {
      for (const adapter of ['http', 'fetch'] as const) {
        const error = await send({ url, adapter });
        expect(error).toMatchObject({ name: 'OAuth2ClientError', code: 'REQUEST_INVALID' });
        expect(String(error)).toContain(`The URL "${url.split('?')[0]}" is not absolute`);
        for (const cure of ["@InjectHttpService('acme')", "{ provider: 'acme' }", '`baseURL`']) {
          expect(String(error)).toContain(cure);
        }
        expectNoSecret(error, [SECRET]);
      }
    },
  );

  it.each([
    [' //ama:a-s3cret@api.acme.example/x', '//…'],
    ['\\\\ama:a-s3cret@api.acme.example/x', '\\\\…'],
    ['https://ama:a-s3cret/x@api.acme.example/x', 'https://…'],
    ['\tht\ntps://ama:a-s3cret#x@api.acme.example/x', 'https://…'],
  ])('the error for a relative URL does not show its password: %j', async (url, shown) => {
    const error = await send({ url });
    expect(String(error)).toContain(`The URL "${shown}" is not absolute`);
    expectNoSecret(error, [SECRET]);
  });

  it('a relative URL is sent if the request has a base URL or an adapter that accepts it', async () => {
    vendor.onApi = ({ path }) => ({ body: { path } });
    const http = app.http();
    const based = await firstValueFrom(http.get('/x', { baseURL: vendor.url, oauth2: false }));
    expect(based.data).toEqual({ path: '/x' });
    const adapter: AxiosRequestConfig['adapter'] = (config) =>
      Promise.resolve({ data: config.url, status: 200, statusText: '', headers: {}, config });
    expect((await firstValueFrom(http.get('/x', { adapter }))).data).toBe('/x');
  });

  it('a relative URL fails with the error of an adapter that does not accept it', async () => {
    const own = new Error('the mock has no answer');
    expect(await send({ url: '/x', adapter: () => Promise.reject(own) })).toBe(own);
  });
});

describe('a refused URL is shown without query and user information', () => {
  it('the error for a URL that no provider owns shows neither its query nor its user information', async () => {
    const error = await send({
      url: `https://user:${SECRET}@else.example/orders?token=${SECRET}`,
      oauth2: { subject: 'ama' },
    });
    expect(error).toMatchObject({ code: 'URL_NOT_OWNED' });
    expect(String(error)).toContain(
      'The request to "https://else.example/orders" asks for a token',
    );
    expectNoSecret(error, [SECRET]);
  });

  it('the error for a URL that several providers serve shows neither its query nor its user information', async () => {
    const error = await send({ url: 'https://twice.example/orders?x=a-s3cret' });
    expect(error).toMatchObject({ code: 'PROVIDER_AMBIGUOUS' });
    expect(String(error)).toContain('Several providers serve https://twice.example/orders.');
    expectNoSecret(error, [SECRET]);
  });
});

describe('a base URL that the token response tells', () => {
  it.each([[{}], [{ account: {} }], [{ account: { url: '' } }], [{ account: { url: 5 } }]])(
    'the error says that the token response has no base URL: %j',
    async (members) => {
      told = { instance: 'x', ...members };
      const error = await send({ url: '/orders' }, 'told');
      expect(error).toMatchObject({ code: 'URL_NOT_OWNED', provider: 'told' });
      expect(String(error)).toMatch(/has no base URL at `account\.url`.*`extra`.*`instance`/);
      expect(String(error)).not.toContain('add the origin');
    },
  );

  it('the error shows a base URL outside the origins', async () => {
    told = { account: { url: `https://u:${SECRET}@eu.acme.example/v1?k=${SECRET}` } };
    const error = await send({ url: '/orders' }, 'told');
    expect(error).toMatchObject({ code: 'URL_NOT_OWNED', provider: 'told' });
    expect(String(error)).toMatch(
      /sends the request to "https:\/\/eu\.acme\.example\/v1" \(`account\.url`\), which is none of its origins: https:\/\/api\.acme\.example\..*add the origin to `origins`/,
    );
    expectNoSecret(error, [SECRET]);
  });
});

describe('an API whose first response is a 404', () => {
  const warnings = () => app.log.lines.filter((line) => line.includes('`baseURL`'));

  it('an API whose first response is a 404 is logged once, with its base URL', async () => {
    vendor.onApi = () => ({ status: 404 });
    await send({ url: '/orders' }, 'acme');
    await send({ url: '/orders' }, 'acme');
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]).toContain(`check \`baseURL\` (${vendor.url})`);
  });

  it('a 404 after any other response is not logged', async () => {
    vendor.onApi = ({ path }) => ({ status: path === '/gone' ? 404 : 200 });
    await firstValueFrom(app.http('acme').get('/orders'));
    await send({ url: '/gone' }, 'acme');
    expect(warnings()).toEqual([]);
  });
});

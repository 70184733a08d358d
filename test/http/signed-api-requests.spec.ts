import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AxiosAdapter, AxiosRequestConfig } from 'axios';
import { firstValueFrom } from 'rxjs';

import { OAuth2ClientError } from '../../lib/index.js';
import { hmac, type SignableApiRequest, type TokenUse, type UseContext } from '../../lib/define.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';

const TOKEN = 'access-token-number-1';

describe('a request that is signed', () => {
  let vendor: FakeVendor;
  let app: App;
  let seen: SignableApiRequest[];

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    vendor.onApi = () => ({ body: {} });
    seen = [];
  });
  afterEach(() => Promise.all([app.close(), vendor.close()]));

  const start = async (use: TokenUse) => {
    app = await App.start({ providers: [acme(vendor, { use, baseURL: `${vendor.url}/v1` })] });
  };
  const watching: TokenUse['sign'] = (request) => {
    seen.push(request);
    return {};
  };
  const send = (config: AxiosRequestConfig) => firstValueFrom(app.http('acme').request(config));
  const arrived = () => vendor.apiRequests.at(-1)!;

  it.each<[string, AxiosRequestConfig, string | undefined]>([
    ['JSON', { method: 'post', data: { name: 'ü', n: 1 } }, '{"name":"ü","n":1}'],
    ['text', { method: 'put', data: 'a=b' }, 'a=b'],
    ['a form', { method: 'post', data: new URLSearchParams({ a: 'b c' }) }, 'a=b+c'],
    ['bytes', { method: 'patch', data: Buffer.from([0xff, 0, 0x80]) }, undefined],
    [
      'a view of bytes',
      { method: 'post', data: new Uint8Array([1, 2, 3, 4]).subarray(1, 3) },
      undefined,
    ],
    ['a buffer of bytes', { method: 'post', data: new Uint8Array([5, 6]).buffer }, undefined],
    ['nothing', { method: 'delete' }, undefined],
  ])('`sign` gets the method, the URL and the exact body: %s', async (_what, config, text) => {
    await start({ sign: watching });
    await send({ url: '/orders?page=2', ...config });
    const { method, body, headers } = arrived();
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ method, url: `${vendor.url}/v1/orders?page=2` });
    expect(method).toBe(config.method!.toUpperCase());
    if (text !== undefined) expect(seen[0]!.body).toBe(text);
    expect(Buffer.from(seen[0]!.body ?? '').equals(body)).toBe(true);
    expect(seen[0]!.headers['content-type']).toBe(headers['content-type']);
    expect(seen[0]!.headers['authorization']).toBe(`Bearer ${TOKEN}`);
  });

  it('`sign` gets only the part of a buffer that is sent', async () => {
    await start({ sign: watching });
    const data = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
    const adapter: AxiosAdapter = async (config) => ({
      data: '',
      status: 200,
      statusText: 'OK',
      headers: {},
      config,
    });
    const asItIs = (body: unknown) => body;
    await send({ method: 'post', url: '/orders', data, adapter, transformRequest: [asItIs] });
    expect(seen[0]!.body).toEqual(Buffer.from([2, 3]));
  });

  it('`sign` gets no body of a multipart form', async () => {
    await start({ sign: watching });
    const data = new FormData();
    data.append('a', 'b');
    await send({ method: 'post', url: '/upload', data });
    expect(seen[0]!.body).toBeUndefined();
    expect(arrived().text).toContain('name="a"');
  });

  it('`sign` gets the other headers, and the URL with its token', async () => {
    await start({ queryParameter: 'key', headers: { 'X-App': 'a' }, sign: watching });
    await send({ url: '/orders', headers: { 'X-Own': 'b' } });
    expect(seen[0]!.url).toBe(`${vendor.url}/v1/orders?key=${TOKEN}`);
    expect(seen[0]!.headers).toMatchObject({ 'x-app': 'a', 'x-own': 'b' });
    expect(Object.keys(seen[0]!.headers)).toEqual(
      Object.keys(seen[0]!.headers).map((name) => name.toLowerCase()),
    );
  });

  it('a request carries its signature in headers and in the URL', async () => {
    const sign: TokenUse['sign'] = ({ method, url, body }, { accessToken, now }) => ({
      headers: { 'X-Signature': hmac('sha256', accessToken, `${method} ${url}\n${String(body)}`) },
      query: { timestamp: String(now) },
    });
    await start({ sign });
    await send({ method: 'post', url: '/orders', data: 'text' });
    const signed = `POST ${vendor.url}/v1/orders\ntext`;
    expect(arrived().headers['x-signature']).toBe(hmac('sha256', TOKEN, signed));
    expect(arrived().query.get('timestamp')).toMatch(/^\d{13}$/);
  });

  it('a retry is signed again', async () => {
    vendor.onApi = (request) => vendor.protect(request);
    await start({
      sign: (_request, { accessToken }) => ({ headers: { 'x-sig': `by ${accessToken}` } }),
    });
    await send({ url: '/orders' });
    vendor.revokeAll();
    await send({ url: '/orders' });
    expect(vendor.apiRequests.map(({ headers }) => headers['x-sig'])).toEqual([
      `by ${TOKEN}`,
      `by ${TOKEN}`,
      'by access-token-number-2',
    ]);
  });

  it('a request is not sent if its signature would break a header', async () => {
    await start({ sign: () => ({ headers: { 'x-sig': 'a\r\nx-evil: 1' } }) });
    expect(await rejection(send({ url: '/orders' }))).toBeInstanceOf(Error);
    expect(vendor.apiRequests).toHaveLength(0);
  });

  it('`sign` gets the URL with the parameters that axios adds', async () => {
    await start({ sign: watching });
    await send({ url: '/orders', params: { page: 2 } });
    expect(arrived().query.get('page')).toBe('2');
    expect(seen[0]!.url).toBe(`${vendor.url}/v1/orders?page=2`);
  });

  it.each(['sign', 'headers'])(
    'a request that cannot be signed fails with a typed error that quotes nothing: %s',
    async (where) => {
      const fail = ({ accessToken }: UseContext) => {
        throw new Error(`cannot sign with ${accessToken}`);
      };
      const sign: TokenUse['sign'] = (_request, context) => fail(context);
      await start(where === 'sign' ? { sign } : { headers: { 'x-sig': fail } });
      const error = await rejection(send({ url: '/orders' }));
      expect(error).toBeInstanceOf(OAuth2ClientError);
      expectNoSecret(error, [TOKEN]);
    },
  );

  it('signing does not change the config of the caller', async () => {
    await start({
      queryParameter: 'key',
      sign: () => ({ headers: { 'x-sig': 's' }, query: { a: 'b' } }),
    });
    const config = { url: '/orders', headers: { 'x-own': '1' } };
    const response = await send(config);
    expect(config).toEqual({ url: '/orders', headers: { 'x-own': '1' } });
    expect(response.config.url).toBe('/orders');
    expect(response.config.headers.has('x-sig')).toBe(false);
  });
});

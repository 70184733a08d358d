import { Agent, ClientRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import axios, {
  AxiosError,
  AxiosHeaders,
  type AxiosRequestConfig,
  type AxiosResponse,
} from 'axios';
import { firstValueFrom } from 'rxjs';

import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor, hang, reset, type Answer } from '../support/fake-vendor.js';
import { Gate } from '../support/gate.js';
import { logged } from '../support/logged.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';

const TOKEN = 'pQ7xV2mR9kTz4WnB';
const AUTHORIZATION = `Bearer ${TOKEN}`;

const cases: [string, Answer, AxiosRequestConfig][] = [
  ['a response', { body: { ok: true } }, {}],
  ['a response in an array buffer', { body: 'x' }, { responseType: 'arraybuffer' }],
  ['a response by fetch', { body: { ok: true } }, { adapter: 'fetch' }],
  ['a response without redirects', { body: {} }, { maxRedirects: 0 }],
  ['a 400', { status: 400, body: { message: 'no' } }, {}],
  ['a 403', { status: 403 }, {}],
  ['a 500', { status: 500, body: 'oops' }, {}],
  ['a 500 by fetch', { status: 500, body: 'oops' }, { adapter: 'fetch' }],
  ['a 401 that stands', { status: 401 }, {}],
  ['a 401 that the caller accepts', { status: 401 }, { validateStatus: () => true }],
  ['a reset connection', reset, {}],
  ['a reset connection by fetch', reset, { adapter: 'fetch' }],
  ['a timeout', hang, { timeout: 300 }],
  ['a timeout by fetch', hang, { timeout: 300, adapter: 'fetch' }],
  ['a timeout without redirects', hang, { timeout: 300, maxRedirects: 0 }],
  ['a reset connection instead of a stream', reset, { responseType: 'stream' }],
  ['a timeout instead of a stream', hang, { timeout: 300, responseType: 'stream' }],
  ['too many redirects', { status: 302, headers: { location: '/again' } }, { maxRedirects: 3 }],
  ['a redirect to nowhere', { status: 302, headers: { location: 'http://:' } }, {}],
  ['a response that is too long', { body: 'x'.repeat(100) }, { maxContentLength: 10 }],
  ['a body that is too long', {}, { method: 'post', data: 'x'.repeat(100), maxBodyLength: 10 }],
  [
    'a response that is no JSON',
    { body: '{"a":' },
    { responseType: 'json', transitional: { silentJSONParsing: false } },
  ],
];

describe('what a caller gets to see and to log', () => {
  let vendor: FakeVendor;
  let app: App;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    vendor.onToken = () => ({ body: { access_token: TOKEN } });
    app = await App.start({ providers: [acme(vendor)] });
  });

  afterEach(() => Promise.all([app.close(), vendor.close()]));

  const outcome = (config: AxiosRequestConfig) =>
    firstValueFrom(app.http('acme').request({ url: '/orders', ...config })).catch(
      (error: unknown) => error,
    );

  it.each(cases)('no result shows the token: %s', async (_what, answer, config) => {
    await app.tokens('acme').getToken(); // the timeout would cover the token request
    vendor.onApi = () => answer;
    const seen = await outcome(config);
    expectNoSecret(seen, [TOKEN]);
    expectNoSecret(JSON.stringify(logged(seen)), [TOKEN]);
    const carried = vendor.apiRequests.map(({ token }) => token);
    expect(new Set(carried)).toEqual(new Set(vendor.apiRequests.length > 0 ? [TOKEN] : []));
  });

  it('every case of these tests shows the token without scrubbing', async () => {
    for (const [, answer, config] of cases) {
      vendor.onApi = () => answer;
      const headers = { Authorization: AUTHORIZATION };
      const seen: unknown = await axios
        .create({ baseURL: vendor.url })
        .request({ url: '/orders', headers, ...config })
        .catch((error: unknown) => error);
      expect(() => expectNoSecret(seen, [TOKEN])).toThrow();
    }
  });

  it('a refused connection does not show the token', async () => {
    await app.tokens('acme').getToken();
    await vendor.close();
    const seen = await outcome({});
    expect(seen).toMatchObject({ code: expect.stringMatching(/^ECONN(REFUSED|RESET)$/) });
    expectNoSecret(seen, [TOKEN]);
    expectNoSecret(JSON.stringify(logged(seen)), [TOKEN]);
    vendor = await FakeVendor.start();
  });

  it.each([
    ['during the call', 1],
    ['during the retry', 2],
  ])('an abort %s does not show the token', async (_when, which) => {
    const controller = new AbortController();
    vendor.onToken = (_request, count) => ({ body: { access_token: TOKEN.repeat(count) } });
    vendor.onApi = (_request, count) => {
      if (count < which) return { status: 401 };
      setImmediate(() => controller.abort());
      return hang;
    };
    const seen = await outcome({ signal: controller.signal });
    expect(seen).toMatchObject({ code: 'ERR_CANCELED' });
    expectNoSecret(seen, [TOKEN]);
    expectNoSecret(JSON.stringify(logged(seen)), [TOKEN]);
  });

  it.each([200, 500])(
    'an adapter that copies its config does not show the token (%i)',
    async (status) => {
      const seen = await outcome({
        adapter: (config) => {
          const copy = { ...config, headers: AxiosHeaders.from(config.headers.toJSON()) };
          expect(copy.headers.get('Authorization')).toBe(AUTHORIZATION);
          const answer = { data: '', status, statusText: '', headers: {}, config: copy };
          if (status === 200) return Promise.resolve(answer);
          return Promise.reject(new AxiosError('no', 'ERR_BAD_RESPONSE', copy, {}, answer));
        },
      });
      expectNoSecret(seen, [TOKEN]);
    },
  );

  it('a result does not show the token of another request that the same agent is sending', async () => {
    const gate = new Gate();
    const httpAgent = new Agent({ keepAlive: true });
    const other = await App.start({ providers: [acme(vendor)], axios: { httpAgent } });
    vendor.onApi = async ({ path }) => {
      if (path === '/slow') await gate.pass();
      return { status: path === '/failing' ? 500 : 200 };
    };
    const { axiosRef } = other.http('acme');
    const slow = axiosRef.get('/slow');
    await gate.arrived();
    try {
      const ask = (path: string, config?: AxiosRequestConfig) =>
        axiosRef.get(path, config).catch((error: unknown) => error as AxiosError);
      const without = { oauth2: false } as const;
      const seen = [
        ...[await ask('/quick'), await ask('/failing'), axiosRef],
        ...[await ask('/quick', without), await ask('/failing', without)],
        await ask('/failing', { headers: { authorization: 'Mine of-mine' } }),
      ];
      expect(Object.values(httpAgent.sockets).flat()).toHaveLength(1);
      expectNoSecret({ seen }, [TOKEN]);
    } finally {
      gate.open();
      await slow;
      httpAgent.destroy();
      await other.close();
    }
  });

  it('a response or error of another host does not show the token of a request on the same agent', async () => {
    const stranger = await FakeVendor.start();
    const { axiosRef } = app.http();
    vendor.onApi = () => ({});
    await axiosRef.get(`${vendor.url}/orders`); // its connection stays open
    for (const status of [200, 500]) {
      stranger.onApi = () => ({ status, body: {} });
      const there = `${stranger.url}/x`;
      for (const more of [{}, { maxRedirects: 0 }, { adapter: 'fetch' }, { method: 'post' }]) {
        const seen: unknown = await axiosRef
          .request({ url: there, ...more } as AxiosRequestConfig)
          .catch((error: unknown) => error);
        expect(seen).toMatchObject({ status, config: { url: there } });
        expectNoSecret(seen, [TOKEN]);
      }
    }
    const { url } = stranger;
    await stranger.close();
    const refused: unknown = await axiosRef.get(url).catch((error: unknown) => error);
    expectNoSecret(refused, [TOKEN]);
  });

  it.each([
    ['is aborted', {}],
    ['is too long', { maxContentLength: 150_000 }],
  ])('the error of a streamed response that %s does not show the token', async (_what, config) => {
    vendor.onApi = () => (response) => void response.write('x'.repeat(200_000));
    const controller = new AbortController();
    const more = { responseType: 'stream', signal: controller.signal, ...config } as const;
    const { data } = (await outcome(more)) as AxiosResponse<Readable>;
    const failed = rejection(text(data));
    if (!('maxContentLength' in config)) controller.abort();
    const error = await failed;
    expect(error).toMatchObject({ isAxiosError: true, config: { url: '/orders' } });
    expectNoSecret(error, [TOKEN]);
    expectNoSecret(logged(error), [TOKEN]);
  });

  it('a scrubbed result still describes the request and the response', async () => {
    vendor.onApi = () => ({ status: 422, headers: { 'x-request-id': '7' }, body: { field: 'a' } });
    const seen = await outcome({ method: 'post', data: { a: 1 } });
    expect(seen).toMatchObject({
      name: 'AxiosError',
      message: 'Request failed with status code 422',
      config: { method: 'post', url: '/orders', baseURL: vendor.url, data: '{"a":1}' },
      request: { method: 'POST', path: '/orders', res: { responseUrl: `${vendor.url}/orders` } },
      response: { status: 422, data: { field: 'a' }, headers: { 'x-request-id': '7' } },
    });
    expect(axios.isAxiosError(seen)).toBe(true);
  });

  it('a streamed response still works after scrubbing', async () => {
    vendor.onApi = () => ({ body: 'x'.repeat(200_000) });
    const answer = (await outcome({ responseType: 'stream' })) as AxiosResponse<Readable>;
    expect((await text(answer.data)).length).toBe(200_000);
    expect(answer.request).toBeInstanceOf(ClientRequest);
  });

  it('response interceptors get the scrubbed error', async () => {
    vendor.onApi = () => ({ status: 500 });
    const seen: unknown[] = [];
    const { response } = app.http('acme').axiosRef.interceptors;
    response.use(undefined, (error: Error) => {
      seen.push(error);
      return Promise.reject(error);
    });
    await outcome({});
    expect(seen).toHaveLength(1);
    expectNoSecret(seen, [TOKEN]);
  });
});

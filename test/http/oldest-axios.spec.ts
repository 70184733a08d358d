import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { AxiosRequestConfig } from 'axios';
import { firstValueFrom } from 'rxjs';

import { rejection } from '../support/collect.js';
import { FakeVendor, reset, type Answer } from '../support/fake-vendor.js';
import { Gate } from '../support/gate.js';
import { expectNoSecret } from '../support/secrets.js';

// Everything that imports axios gets the oldest version that this package supports.
jest.unstable_mockModule('axios', () => import('axios117'));
const { default: axios } = await import('axios');
const { App } = await import('../support/nest-app.js');
const { acme } = await import('../support/acme.js');

type Started = Awaited<ReturnType<(typeof App)['start']>>;

const FIRST = 'access-token-number-1';
const SECOND = 'access-token-number-2';

describe('with axios 1.17.0', () => {
  let vendor: FakeVendor;
  let stranger: FakeVendor;
  let app: Started;

  const call = (config: AxiosRequestConfig = {}) =>
    firstValueFrom(app.http('acme').request<object>({ url: '/orders', ...config }));
  const tokens = (of: FakeVendor) => of.apiRequests.map(({ token }) => token);

  beforeEach(async () => {
    [vendor, stranger] = await Promise.all([FakeVendor.start(), FakeVendor.start()]);
    stranger.onApi = () => ({ body: {} });
    app = await App.start({ providers: [acme(vendor)] });
  });

  afterEach(() => Promise.all([app.close(), vendor.close(), stranger.close()]));

  it('these tests use axios 1.17.0', () => {
    expect(axios.VERSION).toBe('1.17.0');
    expect(app.http('acme').axiosRef.defaults.headers.common).toBeDefined();
  });

  it('with axios 1.17.0 a request carries a token, and its returned config has none', async () => {
    const { config, status } = await call({ timeout: 5_000 });
    expect(status).toBe(200);
    expect(tokens(vendor)).toEqual([FIRST]);
    expect(config).toMatchObject({ url: '/orders', baseURL: vendor.url, timeout: 5_000 });
    expect(config.headers.has('Authorization')).toBe(false);
  });

  it('with axios 1.17.0 a fresh token is sent before the call returns', async () => {
    await call();
    let sent = false;
    const adapter: AxiosRequestConfig['adapter'] = (config) => {
      sent = config.headers.get('Authorization') === `Bearer ${FIRST}`;
      return Promise.resolve({ data: '', status: 200, statusText: '', headers: {}, config });
    };
    const answer = app.http('acme').axiosRef.get('/orders', { adapter });
    expect(sent).toBe(true);
    await answer;
  });

  it.each([
    ['an object', { a: 1 }],
    ['a string', 'a=1'],
    ['URLSearchParams', new URLSearchParams({ a: 'ü' })],
    ['a Buffer', Buffer.from([0, 255])],
  ])('with axios 1.17.0 a rejected token is renewed and %s is sent again', async (_what, data) => {
    await call();
    vendor.revokeAll();
    vendor.apiRequests.length = 0;
    await call({ method: 'post', data });
    expect(tokens(vendor)).toEqual([FIRST, SECOND]);
    const [first, replay] = vendor.apiRequests;
    expect(replay?.body.equals(first!.body)).toBe(true);
  });

  it('with axios 1.17.0 per-request options arrive, and `oauth2: false` opts out', async () => {
    await call({ oauth2: { scope: ['b', 'a'] } });
    expect(vendor.tokenRequests[0]?.form['scope']).toBe('b a');
    await rejection(call({ oauth2: false }));
    expect(tokens(vendor)).toEqual([FIRST, undefined]);
  });

  it('with axios 1.17.0 a token does not follow an absolute URL or a base URL to another host', async () => {
    for (const config of [{ url: `${stranger.url}/x` }, { baseURL: stranger.url }]) {
      expect(await rejection(call(config))).toMatchObject({ code: 'URL_NOT_OWNED' });
      await call({ ...config, oauth2: false });
    }
    await call({ url: `${stranger.url}/x`, allowAbsoluteUrls: false });
    expect(tokens(stranger)).toEqual([undefined, undefined]);
  });

  it.each([
    ['another port', () => `${stranger.url}/x`],
    ['another name of the host', () => `http://localhost:${stranger.port}/x`],
  ])('with axios 1.17.0 a token does not follow a redirect to %s', async (_where, location) => {
    vendor.onApi = () => ({ status: 307, headers: { location: location() } });
    await call({ method: 'post', data: { a: 1 } });
    expect([tokens(vendor), tokens(stranger)]).toEqual([[FIRST], [undefined]]);
  });

  it('with axios 1.17.0 a token stays on a redirect within the API', async () => {
    vendor.onApi = ({ path }) =>
      path === '/orders' ? { status: 302, headers: { location: '/new' } } : {};
    await call();
    expect(tokens(vendor)).toEqual([FIRST, FIRST]);
  });

  it('with axios 1.17.0 a cancelled call ends at once, and the others get their token', async () => {
    const gate = new Gate();
    vendor.onToken = async () => {
      await gate.pass();
      return vendor.grant();
    };
    const controller = new AbortController();
    const [mine, other] = [call({ signal: controller.signal }), call()];
    await gate.arrived();
    controller.abort();
    expect(axios.isCancel(await rejection(mine))).toBe(true);
    gate.open();
    expect((await other).status).toBe(200);
    expect(vendor.tokenRequests).toHaveLength(1);
  });

  it.each<[string, Answer, AxiosRequestConfig]>([
    ['a response', { body: {} }, {}],
    ['a 500', { status: 500 }, {}],
    ['a reset connection', reset, {}],
    ['a timeout', () => {}, { timeout: 300 }],
    ['too many redirects', { status: 302, headers: { location: '/' } }, { maxRedirects: 2 }],
  ])('with axios 1.17.0 no result shows the token: %s', async (_what, answer, config) => {
    await call(); // the timeout would cover the token request
    vendor.apiRequests.length = 0;
    vendor.onApi = () => answer;
    const seen: unknown = await call(config).catch((error: unknown) => error);
    expect(vendor.apiRequests[0]?.token).toBe(FIRST);
    expectNoSecret(seen, [FIRST]);
  });
});

import { Readable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AxiosRequestConfig } from 'axios';
import { firstValueFrom } from 'rxjs';

import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor, type Answer, type Received } from '../support/fake-vendor.js';
import { Gate } from '../support/gate.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';

const TOKEN = 'access-token-number-1';

const to = (location: string, status = 302): Answer => ({ status, headers: { location } });
const tokens = (requests: readonly Received[]) => requests.map(({ token }) => token);

/** What the form-data package makes, as far as axios asks: its length is found out with time. */
function measuredBy(gate: Gate): Readable {
  return Object.assign(Readable.from(['x']), {
    append: () => {},
    getHeaders: () => ({ 'content-type': 'text/plain' }),
    getLength: (done: (error: null, length: number) => void) =>
      void gate.pass().then(() => done(null, 1)),
    [Symbol.toStringTag]: 'FormData',
  });
}

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a redirect', () => {
  let api: FakeVendor;
  let stranger: FakeVendor;
  let app: App;
  /** Where the API sends those who come to a path; everything else is answered. */
  let redirects: Record<string, Answer>;

  const send = (config: AxiosRequestConfig) =>
    firstValueFrom(app.http('acme').request<{ token?: string }>(config));
  const at = (path: string) => api.apiRequests.filter((request) => request.path === path);

  beforeEach(async () => {
    [api, stranger] = await Promise.all([FakeVendor.start(), FakeVendor.start()]);
    redirects = {};
    api.onApi = stranger.onApi = ({ path }) => redirects[path] ?? { body: { path } };
    app = await App.start({
      providers: [acme(api, { baseURL: `${api.url}/v1` })],
    });
  });

  afterEach(() => Promise.all([app.close(), api.close(), stranger.close()]));

  it.each([301, 302, 303, 307, 308])(
    'a redirect by %i within the API keeps the token',
    async (status) => {
      redirects['/v1/a'] = to('/v1/b', status);
      await send({ url: '/a' });
      expect(tokens(at('/v1/b'))).toEqual([TOKEN]);
    },
  );

  it.each([
    ['another port', () => `${stranger.url}/v1/b`],
    ['another name of the host', () => `http://localhost:${api.port}/v1/b`],
    ['a path outside the prefix', () => '/v2/b'],
    ['a path that leaves the prefix', () => '/v1/../v2/b'],
    ['userinfo that looks like the API', () => `http://127.0.0.1@127.0.0.1:${stranger.port}/b`],
    ['a URL without a scheme', () => `//127.0.0.1:${stranger.port}/v1/b`],
  ])('a redirect to %s drops the token', async (_where, location) => {
    redirects['/v1/a'] = to(location());
    await send({ url: '/a' });
    const [arrival] = [...stranger.apiRequests, ...api.apiRequests.slice(1)];
    expect(arrival?.path).toMatch(/b$/);
    expect(arrival?.headers.authorization ?? '').not.toContain(TOKEN);
    expect(tokens(api.apiRequests.slice(0, 1))).toEqual([TOKEN]);
  });

  it.each([307, 308])(
    'a redirect by %i to another host keeps the body and drops the token',
    async (status) => {
      redirects['/v1/a'] = to(`${stranger.url}/b`, status);
      await send({ url: '/a', method: 'post', data: { amount: 1 } });
      expect(stranger.apiRequests[0]).toMatchObject({
        method: 'POST',
        text: '{"amount":1}',
        token: undefined,
      });
    },
  );

  it('a redirect back to the API does not restore the token', async () => {
    redirects['/v1/a'] = to(`${stranger.url}/b`);
    redirects['/b'] = to(`${api.url}/v1/c`);
    await send({ url: '/a' });
    expect(tokens([...stranger.apiRequests, ...at('/v1/c')])).toEqual([undefined, undefined]);
  });

  it('a redirect between two origins of one API keeps the token, and one to another host drops it', async () => {
    const other = await App.start({
      providers: [acme(api, { baseURL: `${api.url}/v1`, origins: [stranger.url] })],
    });
    redirects['/v1/a'] = to(`${stranger.url}/b`);
    redirects['/b'] = to(`${api.url}/v1/c`);
    redirects['/v1/c'] = to(`http://localhost:${api.port}/v1/d`);
    try {
      await firstValueFrom(other.http('acme').get('/a'));
      expect(tokens([...stranger.apiRequests, ...at('/v1/c')])).toEqual([TOKEN, TOKEN]);
      expect(tokens(at('/v1/d'))).toEqual([undefined]);
    } finally {
      await other.close();
    }
  });

  it('a redirect of the retry to another host drops the token', async () => {
    redirects['/v1/a'] = { status: 401 };
    const sent = send({ url: '/a' });
    api.onToken = () => {
      if (api.tokenRequests.length > 1) redirects['/v1/a'] = to(`${stranger.url}/b`);
      return api.grant();
    };
    await sent;
    expect(tokens(at('/v1/a'))).toEqual([TOKEN, 'access-token-number-2']);
    expect(tokens(stranger.apiRequests)).toEqual([undefined]);
  });

  it('a redirect drops the token if axios follows it after the caller cancelled', async () => {
    const other = await App.start({ providers: [acme(api, { use: { header: 'x-token' } })] });
    await other.tokens('acme').getToken();
    redirects['/a'] = to(`${stranger.url}/b`, 307);
    const controller = new AbortController();
    const measured = new Gate();
    const form = measuredBy(measured);
    const call = other
      .http('acme')
      .axiosRef.post('/a', form, { signal: controller.signal, maxRedirects: 1 });
    await measured.arrived();
    controller.abort();
    expect(await rejection(call)).toMatchObject({ code: 'ERR_CANCELED' });
    measured.open();
    await until(() => stranger.apiRequests.length > 0);
    expect(api.apiRequests[0]?.headers['x-token']).toContain(TOKEN);
    expect(stranger.apiRequests[0]?.headers).not.toHaveProperty('x-token');
    await other.close();
  });

  it('a redirect is not followed if the caller sets `maxRedirects: 0`', async () => {
    redirects['/v1/a'] = to(`${stranger.url}/b`);
    const error = await rejection(send({ url: '/a', maxRedirects: 0 }));
    expect(error).toMatchObject({ response: { status: 302 } });
    expect(stranger.apiRequests).toHaveLength(0);
  });

  it('the fetch adapter returns a redirect to the caller instead of following it', async () => {
    redirects['/v1/a'] = to(`${stranger.url}/b`);
    const error = await rejection(send({ url: '/a', adapter: 'fetch' }));
    expect(error).toMatchObject({ response: { status: 302 } });
    redirects['/v1/a'] = to('/v1/b');
    await rejection(send({ url: '/a', adapter: 'fetch', fetchOptions: { redirect: 'follow' } }));
    expect([...stranger.apiRequests, ...at('/v1/b')]).toHaveLength(0);
  });

  describe("with the caller's own hook", () => {
    it("the caller's redirect hook gets the arguments of axios, and its changes stay", async () => {
      redirects['/v1/a'] = to('/v1/b');
      const seen: unknown[] = [];
      await send({
        url: '/a',
        beforeRedirect: (options, { statusCode }) => {
          seen.push(options['href'], statusCode);
          (options['headers'] as Record<string, string>)['x-hop'] = '1';
        },
      });
      expect(seen).toEqual([`${api.url}/v1/b`, 302]);
      expect(at('/v1/b')[0]).toMatchObject({ token: TOKEN, headers: { 'x-hop': '1' } });
    });

    it("a redirect whose destination the caller's hook changes drops the token", async () => {
      redirects['/v1/a'] = to('/v1/b');
      await send({
        url: '/a',
        beforeRedirect: (options) => void (options['port'] = stranger.port),
      });
      expect(tokens(stranger.apiRequests)).toEqual([undefined]);
    });

    it("a redirect to another host drops the token that the caller's hook puts back", async () => {
      redirects['/v1/a'] = to(`${stranger.url}/b`);
      await send({
        url: '/a',
        beforeRedirect: (options, _response, request) => {
          const sent = (request as { headers: Record<string, string> }).headers;
          options['headers'] = { ...sent, authorization: sent['Authorization'] };
        },
      });
      expect(stranger.apiRequests).toHaveLength(1);
      expect(stranger.apiRequests[0]?.headers.authorization).toBeUndefined();
    });

    it('a redirect whose hook throws is not followed, and the error has no token', async () => {
      redirects['/v1/a'] = to('/v1/b');
      const error = await rejection(
        send({
          url: '/a',
          beforeRedirect: () => {
            throw new Error('not there');
          },
        }),
      );
      expect(String(error)).toContain('not there');
      expectNoSecret(error, [TOKEN]);
      expect(at('/v1/b')).toHaveLength(0);
    });
  });

  it('a request with its own `transport` is refused, because it could follow redirects unseen', async () => {
    const transport = { request: () => expect('the transport').toBe('unused') };
    const error = await rejection(send({ url: '/a', transport }));
    expect(error).toMatchObject({ code: 'REQUEST_INVALID', provider: 'acme' });
    expect(String(error)).toMatch(/`transport`.*`oauth2: false`/);
    expect(api.apiRequests).toEqual([]);
    const http = await import('node:http');
    const { status } = await send({ url: '/a', transport: http, oauth2: false });
    expect([status, api.apiRequests[0]?.token]).toEqual([200, undefined]);
  });

  describe('that ends in a 401', () => {
    it('a 401 of another host after a redirect does not reject the token', async () => {
      redirects['/v1/a'] = to(`${stranger.url}/b`);
      redirects['/b'] = { status: 401 };
      const error = await rejection(send({ url: '/a' }));
      expect(error).toMatchObject({ response: { status: 401 } });
      expect([api.tokenRequests.length, stranger.apiRequests.length]).toEqual([1, 1]);
    });

    it('a 401 of the API does not reject the token if a redirect has dropped it', async () => {
      redirects['/v1/a'] = to(`${stranger.url}/b`);
      redirects['/b'] = to(`${api.url}/v1/c`);
      redirects['/v1/c'] = { status: 401 };
      await rejection(send({ url: '/a' }));
      expect([api.tokenRequests.length, at('/v1/c').length]).toEqual([1, 1]);
    });

    it('a 401 after a redirect within the API rejects the token', async () => {
      redirects['/v1/a'] = to('/v1/b');
      api.onApi = (request) => redirects[request.path] ?? api.protect(request);
      await send({ url: '/a' });
      api.revokeAll();
      await send({ url: '/a' });
      expect(tokens(at('/v1/b'))).toEqual([TOKEN, TOKEN, 'access-token-number-2']);
    });
  });
});

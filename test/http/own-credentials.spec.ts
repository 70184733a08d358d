import { createRequire } from 'node:module';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import axios, {
  AxiosHeaders,
  type AxiosError,
  type AxiosRequestConfig,
  type AxiosStatic,
} from 'axios';
import { firstValueFrom } from 'rxjs';

import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';

const BASIC = `Basic ${Buffer.from('ama:s3cret').toString('base64')}`;

describe('credentials', () => {
  let vendor: FakeVendor;
  let app: App;

  const send = (config: AxiosRequestConfig, ...provider: [] | [undefined]) =>
    firstValueFrom(
      app
        .http(provider.length > 0 ? undefined : 'acme')
        .request({ url: `${vendor.url}/orders`, ...config }),
    );
  const authorizations = () => vendor.apiRequests.map(({ headers }) => headers.authorization);

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    vendor.onApi = () => ({});
  });

  afterEach(() => Promise.all([app.close(), vendor.close()]));

  describe('of the caller', () => {
    beforeEach(async () => {
      app = await App.start({ providers: [acme(vendor)] });
    });

    it.each([
      ['a header', () => ({ headers: { Authorization: 'Mine 1' } }), 'Mine 1'],
      ['a header in lower case', () => ({ headers: { authorization: 'Mine 1' } }), 'Mine 1'],
      ['a header in upper case', () => ({ headers: { AUTHORIZATION: 'Mine 1' } }), 'Mine 1'],
      [
        'AxiosHeaders',
        () => ({ headers: new AxiosHeaders({ authorization: 'Mine 1' }) }),
        'Mine 1',
      ],
      ['`auth`', () => ({ auth: { username: 'ama', password: 's3cret' } }), BASIC],
      ['userinfo', () => ({ url: `http://ama:s3cret@127.0.0.1:${vendor.port}/orders` }), BASIC],
    ])(
      "the caller's own credentials as %s win, and no token is requested",
      async (_what, config, expected) => {
        await send(config());
        await send(config(), undefined);
        expect(authorizations()).toEqual([expected, expected]);
        expect(vendor.tokenRequests).toHaveLength(0);
      },
    );

    it("the caller's own credentials win if an interceptor sets them", async () => {
      app.http('acme').axiosRef.interceptors.request.use((config) => {
        config.headers.set('authorization', 'Mine 1');
        return config;
      });
      await send({});
      expect(authorizations()).toEqual(['Mine 1']);
    });

    it.each([
      ['the header', { headers: { Authorization: undefined } }],
      ['the header (null)', { headers: { Authorization: null } }],
      ['the header (false)', { headers: { Authorization: false } }],
      ['the header (empty)', { headers: { authorization: '' } }],
      ['`auth` (null)', { auth: null }],
      ['`auth` (no names)', { auth: { username: '', password: '' } }],
      ['`auth`', { auth: undefined }],
    ])('the token is sent if the caller leaves %s empty', async (_what, config) => {
      await send(config as AxiosRequestConfig);
      expect(authorizations()).toEqual(['Bearer access-token-number-1']);
    });

    it('a request with `oauth2: false` has no credentials', async () => {
      await send({ oauth2: false });
      expect(authorizations()).toEqual([undefined]);
      expect(vendor.tokenRequests).toHaveLength(0);
    });

    it("the caller's own credentials stay in the response", async () => {
      const { config } = await send({ headers: { Authorization: 'Mine 1' } });
      expect(config.headers.get('Authorization')).toBe('Mine 1');
    });
  });

  describe('that somebody left in the defaults of axios', () => {
    const builds: AxiosStatic[] = [axios, createRequire(import.meta.url)('axios') as AxiosStatic];
    const saved = builds.map(({ defaults }) => ({
      headers: structuredClone(JSON.parse(JSON.stringify(defaults.headers)) as object),
      auth: defaults.auth,
    }));

    afterEach(() => {
      builds.forEach(({ defaults }, i) => {
        delete defaults.headers.common['Authorization'];
        delete defaults.headers.common['authorization'];
        delete defaults.headers.get['Authorization'];
        delete (defaults.headers as Record<string, unknown>)['AUTHORIZATION'];
        if (saved[i]!.auth === undefined) delete defaults.auth;
        expect(JSON.parse(JSON.stringify(defaults.headers))).toEqual(saved[i]!.headers);
      });
    });

    const leave = (where: (defaults: AxiosStatic['defaults']) => void) =>
      builds.forEach(({ defaults }) => where(defaults));

    it.each<[string, (defaults: AxiosStatic['defaults']) => void]>([
      ['for all requests', ({ headers }) => (headers.common['Authorization'] = 'Basic other')],
      ['in lower case', ({ headers }) => (headers.common['authorization'] = 'Basic other')],
      ['for one method', ({ headers }) => (headers.get['Authorization'] = 'Basic other')],
      ['without a method', ({ headers }) => (headers['AUTHORIZATION'] = 'Basic other')],
      ['as `auth`', (defaults) => (defaults.auth = { username: 'other', password: 'api' })],
    ])("credentials in axios's defaults do not go to the API: %s", async (_where, set) => {
      leave(set);
      app = await App.start({ providers: [acme(vendor)] });
      await send({});
      await send({}, undefined);
      expect(authorizations()).toEqual([
        'Bearer access-token-number-1',
        'Bearer access-token-number-1',
      ]);
      expect(vendor.tokenRequests[0]?.headers.authorization).toMatch(/^Basic (?!other)/);
    });

    it("an API key in axios's defaults does not go to the API, in a header or in the URL", async () => {
      leave((defaults) => {
        defaults.headers.common['X-Api-Key'] = 'other';
        defaults.params = { key: 'other' };
        defaults.baseURL = 'http://127.0.0.1:1/other';
      });
      try {
        app = await App.start({ providers: [acme(vendor)] });
        await send({});
        await send({}, undefined);
        const error = await rejection(firstValueFrom(app.http().get('relative')));
        expect(error).toMatchObject({ code: 'REQUEST_INVALID' });
      } finally {
        leave((defaults) => {
          delete defaults.headers.common['X-Api-Key'];
          delete defaults.params;
          delete defaults.baseURL;
        });
      }
      expect(vendor.apiRequests).toHaveLength(2);
      for (const { headers, query } of vendor.apiRequests) {
        expect([headers['x-api-key'], query.size]).toEqual([undefined, 0]);
      }
    });

    it("credentials that are added to axios's defaults later do not go to the API", async () => {
      app = await App.start({ providers: [acme(vendor)] });
      leave(({ headers }) => (headers.common['Authorization'] = 'Basic other'));
      await send({});
      expect(authorizations()).toEqual(['Bearer access-token-number-1']);
    });

    it("axios's defaults are not changed", async () => {
      leave(({ headers }) => (headers.common['Authorization'] = 'Basic other'));
      const before = builds.map(snapshot);
      app = await App.start({ providers: [acme(vendor)] });
      await send({});
      await axios.get(`${vendor.url}/other`);
      expect(builds.map(snapshot)).toEqual(before);
      expect(authorizations()).toEqual(['Bearer access-token-number-1', 'Basic other']);
    });
  });
});

describe('interceptors', () => {
  let vendor: FakeVendor;
  let app: App;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    app = await App.start({ providers: [acme(vendor)] });
  });

  afterEach(() => Promise.all([app.close(), vendor.close()]));

  it("interceptors of axios's default instance see no request of this package", async () => {
    const seen: unknown[] = [];
    const refuse = (value: unknown) => {
      seen.push(value);
      throw new Error('not for others');
    };
    const request = axios.interceptors.request.use(refuse as never);
    const response = axios.interceptors.response.use(refuse as never, refuse);
    try {
      await firstValueFrom(app.http('acme').get('/orders'));
      expect(seen).toEqual([]);
    } finally {
      axios.interceptors.request.eject(request);
      axios.interceptors.response.eject(response);
    }
  });

  it('interceptors of an HttpService see each call once, and no token request, rejection or retry', async () => {
    const seen: unknown[] = [];
    const { request, response } = app.http('acme').axiosRef.interceptors;
    request.use((config) => {
      seen.push(config.url);
      return config;
    });
    response.use(
      (answer) => {
        seen.push(answer.status);
        return answer;
      },
      (error: AxiosError) => {
        seen.push(error.code, error.response);
        return Promise.reject(error);
      },
    );
    await firstValueFrom(app.http('acme').get('/orders'));
    vendor.revokeAll();
    await firstValueFrom(app.http('acme').get('/orders'));
    expect(vendor.apiRequests).toHaveLength(3);
    app.tokens('acme').invalidate();
    vendor.onToken = () => ({ status: 401, body: { error: 'invalid_client' } });
    await firstValueFrom(app.http('acme').get('/orders')).catch(() => {});
    expect(seen).toEqual([
      ...['/orders', 200, '/orders', 200],
      ...['/orders', 'CREDENTIALS_REJECTED', undefined],
    ]);
  });
});

/** Everything of axios's process-wide instance that a library could change. */
function snapshot({ defaults, interceptors }: AxiosStatic): object {
  const handlers = (manager: object) => (manager as { handlers: unknown[] }).handlers.length;
  return {
    ...defaults,
    headers: JSON.stringify(defaults.headers),
    interceptors: [handlers(interceptors.request), handlers(interceptors.response)],
  };
}

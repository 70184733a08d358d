import { Agent } from 'node:http';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import axios, { type InternalAxiosRequestConfig } from 'axios';

import { acme, CLIENT_SECRET } from '../support/acme.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';

const pollution = Object.prototype as Record<string, unknown>;

describe('a value that is slipped into Object.prototype elsewhere in the process', () => {
  let vendor: FakeVendor;
  let attacker: FakeVendor;
  let app: App;

  beforeEach(async () => {
    [vendor, attacker] = await Promise.all([FakeVendor.start(), FakeVendor.start()]);
    attacker.onApi = () => ({ body: {} });
  });
  afterEach(() => Promise.all([app.close(), vendor.close(), attacker.close()]));

  /** What axios reads of a config and a definition says of a request, with a value of an attacker's. */
  const evil = (): Record<string, unknown> => ({
    proxy: { protocol: 'http:', host: '127.0.0.1', port: attacker.port },
    headers: { 'x-evil': '1' },
    baseURL: attacker.url,
    url: `${attacker.url}/token`,
    socketPath: '/tmp/evil.sock',
    transport: { request: () => fail('transport') },
    auth: { username: 'evil', password: 'evil' },
    lookup: () => fail('lookup'),
    family: 6,
    beforeRedirect: () => fail('beforeRedirect'),
    httpAgent: Object.assign(new Agent(), { addRequest: () => fail('httpAgent') }),
    method: 'delete',
    data: 'evil=1',
    body: () => 'evil=1',
    params: { evil: '1' },
    query: { evil: '1' },
    parameters: { evil: '1' },
    paramsSerializer: { serialize: () => 'evil=1' },
    adapter: () => fail('adapter'),
    transformRequest: [() => 'evil=1'],
    transformResponse: [() => 'evil'],
    allowAbsoluteUrls: false,
    maxRedirects: 7,
    httpVersion: 2,
    http2Options: {},
    insecureHTTPParser: true,
    fetchOptions: { headers: { 'x-evil': '1' } },
    responseType: 'stream',
    decompress: false,
    oauth2: false,
    use: { header: 'x-evil' },
    sign: () => ({ headers: { 'x-evil': '1' } }),
    origins: [attacker.url],
    clientAuthentication: 'client_secret_post',
    refresh: { url: `${attacker.url}/token` },
    cookie: 'evil',
    queryParameter: 'evil',
    header: 'x-evil',
    rejected: { status: [200] },
    baseURLFrom: () => attacker.url,
    prolongs: true,
    statuses: { 200: 'transient' },
    revocation: `${attacker.url}/revoke`,
    revokeReplaced: true,
  });
  const used: string[] = [];
  const fail = (name: string) => {
    used.push(name);
    throw new Error(`${name} of an attacker was used`);
  };

  const ask = async () => {
    await app.tokens('acme').renew(await app.tokens('acme').getToken());
    const { axiosRef } = app.http('acme');
    const got = await axiosRef.get('/orders');
    const posted = await axiosRef.post('/orders', { a: 1 });
    return [got.data, posted.data] as unknown[];
  };
  const shape = (requests: FakeVendor['apiRequests']) =>
    requests.map(({ method, path, headers, text }) => {
      const { 'content-length': _length, ...kept } = headers;
      return { method, path, headers: kept, text };
    });

  async function everything() {
    used.length = vendor.tokenRequests.length = vendor.apiRequests.length = 0;
    const answers = await ask();
    return { answers, api: shape(vendor.apiRequests), token: shape(vendor.tokenRequests) };
  }
  const neutral = (seen: object): object =>
    JSON.parse(JSON.stringify(seen).replace(/access-token-number-\d+/g, 'a token')) as object;

  const NAMES =
    `proxy headers baseURL url socketPath transport auth lookup family beforeRedirect httpAgent
    method data body params query parameters paramsSerializer adapter transformRequest transformResponse
    allowAbsoluteUrls maxRedirects httpVersion http2Options insecureHTTPParser fetchOptions responseType
    decompress oauth2 use sign origins clientAuthentication refresh cookie queryParameter
    baseURLFrom prolongs statuses revocation revokeReplaced`.split(/\s+/);

  const USE = { scheme: 'Token', headers: { 'x-key': 'k' } };
  const OF_USE = ['header', 'cookie', 'queryParameter', 'sign', 'rejected'];

  it.each<[name: string, changes: Record<string, unknown>]>([
    ...NAMES.map((name): [string, Record<string, unknown>] => [name, {}]),
    ...OF_USE.map((name): [string, Record<string, unknown>] => [name, { use: USE }]),
  ])(
    'a polluted Object.prototype changes no request, before the start or after: %s, with %j',
    async (name, changes) => {
      vendor.onApi = ({ method }) => ({ body: { method } });
      const start = () => App.start({ providers: [acme(vendor, changes)] });
      app = await start();
      const expected = neutral(await everything());
      const early = await start();
      pollution[name] = evil()[name];
      try {
        for (const next of [early, await start()]) {
          await app.close();
          app = next;
          expect(neutral(await everything())).toEqual(expected);
        }
      } finally {
        delete pollution[name];
      }
      expect([used, attacker.apiRequests, attacker.tokenRequests]).toEqual([[], [], []]);
    },
  );

  it('a polluted Object.prototype changes no request whose interceptor returns a plain object', async () => {
    app = await App.start({ providers: [acme(vendor)] });
    const { axiosRef } = app.http('acme');
    axiosRef.interceptors.request.use((config) => ({ ...config }));
    const plain = (config: InternalAxiosRequestConfig) =>
      (axiosRef.defaults.adapter as (config: InternalAxiosRequestConfig) => Promise<unknown>)({
        ...config,
      });
    for (const name of ['proxy', 'socketPath', 'transport', 'oauth2', 'beforeRedirect']) {
      const { config } = await axiosRef.get('/orders', { headers: { 'x-name': name } });
      pollution[name] = evil()[name];
      try {
        await axiosRef.get('/orders', { headers: { 'x-name': name } });
        await plain(config); // as an adapter is called by axios before 1.21
      } finally {
        delete pollution[name];
      }
    }
    expect(vendor.apiRequests.map(({ token }) => token)).not.toContain(undefined);
    expect([used, attacker.apiRequests]).toEqual([[], []]);
    expect(axios.VERSION).toBeDefined();
    expect(JSON.stringify(attacker.tokenRequests)).not.toContain(CLIENT_SECRET);
  });
});

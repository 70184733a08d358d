import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { AxiosRequestConfig } from 'axios';
import fc from 'fast-check';
import { firstValueFrom } from 'rxjs';

import { values } from '../../lib/index.js';
import { type TokenUse } from '../../lib/define.js';
import { acme } from '../support/acme.js';
import { FakeVendor, type Received } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';

const KEY = 'pK3-vR8.wQ1zN6';
const SIGNATURE = 'sG5-tB2.hM7xL4';

/** Everything by which a token may travel in headers; each with what is added to it. */
const CARRIERS: readonly TokenUse[] = [
  {},
  { scheme: 'Token' },
  { header: 'X-Auth-Token' },
  { cookie: 'sid' },
  { headers: { 'X-App-Key': KEY, 'x-id': values.uuid } },
  {
    header: 'x-token',
    headers: { 'X-App-Key': KEY },
    sign: () => ({ headers: { 'X-Sig': SIGNATURE } }),
  },
  {
    cookie: 'sid',
    sign: () => ({ headers: { 'X-Sig': SIGNATURE, Authorization: `Sig ${SIGNATURE}` } }),
  },
];
/** Headers of a request that only a token brings. */
const NAMES = ['authorization', 'x-auth-token', 'x-token', 'cookie', 'x-app-key', 'x-id', 'x-sig'];

/** Where a redirect may lead; twice as often home, so that both happen. */
const HOSTS = [
  'own',
  'own',
  'port',
  'name',
  'another name',
  'userinfo',
  'nothing',
  'no scheme',
] as const;

describe('a redirect of a request with a token in any of its headers', () => {
  let api: FakeVendor;
  let stranger: FakeVendor;
  let location = '';
  let app: App | undefined;

  beforeAll(async () => {
    [api, stranger] = await Promise.all([FakeVendor.start(), FakeVendor.start()]);
    api.onApi = ({ path }) =>
      path === '/v1/from' ? { status: 307, headers: { location } } : { body: {} };
    stranger.onApi = () => ({ body: {} });
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });
  afterAll(() => Promise.all([api.close(), stranger.close()]));

  const credentialsOf = ({ headers }: Received) =>
    Object.fromEntries(
      NAMES.filter((name) => name in headers).map((name) => [name, headers[name]]),
    );

  /** Sends one request that is redirected, and gives the first and the last request that arrived. */
  async function follow(use: TokenUse, to: string): Promise<[Received, Received]> {
    location = to;
    api.apiRequests.length = stranger.apiRequests.length = 0;
    app = await App.start({ providers: [acme(api, { use, baseURL: `${api.url}/v1` })] });
    const headers = { 'x-own': 'mine' };
    await firstValueFrom(app.http('acme').get('/from', { headers }));
    await app.close();
    app = undefined;
    const last = stranger.apiRequests[0] ?? api.apiRequests[1];
    return [api.apiRequests[0]!, last!];
  }

  const hosts = () => ({
    own: api.url,
    port: stranger.url,
    name: `http://localhost:${api.port}`,
    'another name': `http://localhost:${stranger.port}`,
    userinfo: `http://127.0.0.1%3A${api.port}@127.0.0.1:${stranger.port}`,
    nothing: '',
    'no scheme': `//127.0.0.1:${stranger.port}`,
  });
  const paths = fc.constantFrom(
    ...['/v1', '/v1/', '/v1/to', '/v1/to?a=b', '/v1/./to', '/v1/a/../to', '/v10/to', '/v2/to', '/'],
    ...['/v1/../v2/to', '/v1/%2e%2e/v2', '/V1/to', '//v1/to', '/v1/..%2fv2'],
  );
  const targets = fc.tuple(fc.constantFrom(...HOSTS), paths);

  it('a redirect drops all headers of the token outside the API and keeps them within it', async () => {
    const seen = { within: 0, beyond: 0 };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...CARRIERS), targets, async (use, [host, path]) => {
        fc.pre(host !== 'nothing' || !path.startsWith('//')); // that would name a host
        const [first, last] = await follow(use, `${hosts()[host]}${path}`);
        const { pathname } = new URL(path, 'http://any.example');
        const isOwn =
          (host === 'own' || host === 'nothing') &&
          (pathname === '/v1' || pathname.startsWith('/v1/')) &&
          !/%2f/i.test(pathname);
        expect(Object.keys(credentialsOf(first)).length).toBeGreaterThan(0);
        expect(credentialsOf(last)).toEqual(isOwn ? credentialsOf(first) : {});
        expect(last.headers['x-own']).toBe('mine');
        seen[isOwn ? 'within' : 'beyond']++;
      }),
      { numRuns: 80 },
    );
    expect(Math.min(seen.within, seen.beyond)).toBeGreaterThan(2);
  });

  it("a redirect out of the API drops the caller's cookies together with the token's", async () => {
    location = `${stranger.url}/to`;
    stranger.apiRequests.length = 0;
    app = await App.start({
      providers: [acme(api, { use: { cookie: 'sid' }, baseURL: `${api.url}/v1` })],
    });
    await firstValueFrom(app.http('acme').get('/from', { headers: { Cookie: 'theme=dark' } }));
    expect(stranger.apiRequests[0]!.headers).not.toHaveProperty('cookie');
  });

  it("the redirect and the caller's hook decide about the cookies beside the token", async () => {
    location = `${stranger.url}/to`;
    api.apiRequests.length = stranger.apiRequests.length = 0;
    const use = { cookie: 'sid' };
    const origins = [stranger.url];
    app = await App.start({ providers: [acme(api, { use, baseURL: `${api.url}/v1`, origins })] });
    const headers = { Cookie: 'csrf=first' };
    await firstValueFrom(app.http('acme').get('/from', { headers }));
    expect(stranger.apiRequests[0]!.headers.cookie).toMatch(/^sid=access-token-number-\d+$/);
    location = '/v1/to';
    const beforeRedirect: AxiosRequestConfig['beforeRedirect'] = (options) => {
      const sent = options['headers'] as { Cookie: string };
      sent.Cookie += '; set=by-hook';
    };
    await firstValueFrom(app.http('acme').get('/from', { headers, beforeRedirect }));
    const cookies = api.apiRequests.at(-1)!.headers.cookie!.split('; ');
    expect(cookies).toEqual(['csrf=first', 'set=by-hook', expect.stringMatching(/^sid=access/)]);
  });

  it("a redirect within the API keeps the caller's own credentials beside the token", async () => {
    location = '/v1/to';
    api.apiRequests.length = 0;
    const use = { header: 'x-token' };
    app = await App.start({ providers: [acme(api, { use, baseURL: `${api.url}/v1` })] });
    const headers = { Authorization: 'Mine 1' };
    await firstValueFrom(app.http('acme').get('/from', { headers }));
    const sent = api.apiRequests.map(({ headers: h }) => [h.authorization, h['x-token']]);
    const both = ['Mine 1', expect.stringMatching(/^access-token/)];
    expect(sent).toEqual([both, both]);
  });

  it('no redirect keeps a token in the URL', async () => {
    for (const to of [`${stranger.url}/to`, '/v1/to']) {
      const [first, last] = await follow({ queryParameter: 'key' }, to);
      expect(first.query.get('key')).toMatch(/^access-token/);
      expect([...last.query]).toEqual([]);
      expect(JSON.stringify(last.headers)).not.toContain('access-token');
    }
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { MemoryTokenStore, values } from '../../lib/index.js';
import { basic, hmac, type TokenUse } from '../../lib/define.js';
import { acme, CLIENT_ID, CLIENT_SECRET } from '../support/acme.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';

describe('the functions of `use`', () => {
  let vendor: FakeVendor;
  const apps: App[] = [];

  beforeEach(async () => (vendor = await FakeVendor.start()));
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await vendor.close();
  });

  const start = async (use: TokenUse, changes: object = {}, store?: MemoryTokenStore) => {
    const app = await App.start({
      providers: [acme(vendor, { use, ...changes })],
      ...(store && { store }),
    });
    apps.push(app);
    return app.http('acme');
  };
  const arrived = () => vendor.apiRequests.at(-1)!.headers;

  it('functions of `use` get the credentials that the token was obtained with', async () => {
    const http = await start(
      {
        headers: {
          'x-key': values.credential('apiKey'),
          'x-client': ({ credentials }) =>
            basic(credentials['clientId']!, credentials['clientSecret']!),
        },
        sign: ({ url }, { credentials }) => ({
          headers: { 'x-signature': hmac('sha256', credentials['apiKey']!, url) },
        }),
      },
      { credentials: { apiKey: 'public-7' } },
    );
    await firstValueFrom(http.get('/orders'));
    expect(arrived()).toMatchObject({
      'x-key': 'public-7',
      'x-client': basic(CLIENT_ID, CLIENT_SECRET),
      'x-signature': hmac('sha256', 'public-7', `${vendor.url}/orders`),
    });
  });

  it('functions of `use` cannot read a credential that the definition does not declare', async () => {
    const use = {
      headers: { 'x-key': ({ credentials }) => credentials['apiKye'] },
    } satisfies TokenUse;
    const http = await start(use, { credentials: { apiKey: 'public-7' } });
    await expect(firstValueFrom(http.get('/orders'))).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      reason: expect.stringMatching(
        /`use.headers.x-key` .* declares no credential `apiKye` \(it has `apiKey`,/,
      ),
    });
    expect(vendor.apiRequests).toEqual([]);
  });

  it('functions of `use` get the credentials of the account from a vault that is asked once per renewal', async () => {
    let asked = 0;
    const credentials = {
      apiKey: async ({ subject }: { subject: string }) => `${subject}-${++asked}`,
    };
    const http = await start(
      { headers: { 'x-key': values.credential('apiKey') } },
      { credentials },
    );
    for (const subject of ['ama', 'kofi', 'ama']) {
      await firstValueFrom(http.get('/orders', { oauth2: { subject } }));
    }
    expect(vendor.apiRequests.map(({ headers }) => headers['x-key'])).toEqual([
      'ama-1',
      'kofi-2',
      'ama-1',
    ]);
  });

  it('functions of `use` get the credentials with a token from a shared store', async () => {
    const store = new MemoryTokenStore();
    const use = { headers: { 'x-key': values.credential('apiKey') } };
    const changes = { credentials: { apiKey: async () => 'from the vault' } };
    for (let i = 0; i < 2; i++) {
      const http = await start(use, changes, store);
      await firstValueFrom(http.get('/orders'));
      expect(arrived()['x-key']).toBe('from the vault');
    }
    expect(vendor.tokenRequests).toHaveLength(1);
  });

  it('functions of `use` get the new credentials after a 401', async () => {
    let key = 'old';
    const http = await start(
      { headers: { 'x-key': values.credential('apiKey') } },
      { credentials: { apiKey: () => key } },
    );
    await firstValueFrom(http.get('/orders'));
    vendor.revokeAll();
    key = 'new';
    await firstValueFrom(http.get('/orders'));
    expect(vendor.apiRequests.map(({ headers }) => headers['x-key'])).toEqual([
      'old',
      'old',
      'new',
    ]);
  });
});

describe('a scheme that the response names', () => {
  let vendor: FakeVendor;
  let app: App | undefined;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    vendor.onApi = () => ({ body: {} });
  });
  afterEach(() => Promise.all([app?.close(), vendor.close()]));

  it.each([
    ['MAC', 'MAC'],
    ['bearer', 'Bearer'],
    ['Zoho-oauthtoken', 'Zoho-oauthtoken'],
    [undefined, 'Bearer'],
  ])('the scheme of `token_type` %j is %s', async (token_type, scheme) => {
    vendor.onToken = () => vendor.grant({ token_type });
    app = await App.start({ providers: [acme(vendor, { use: { scheme: { tokenType: true } } })] });
    await firstValueFrom(app.http('acme').get('/orders'));
    expect(vendor.apiRequests[0]?.headers.authorization).toBe(`${scheme} access-token-number-1`);
  });

  it.each(['two words', 'x\r\ny', 5])(
    'the `token_type` %j is refused as a scheme',
    async (token_type) => {
      vendor.onToken = () => vendor.grant({ token_type });
      app = await App.start({
        providers: [acme(vendor, { use: { scheme: { tokenType: true } } })],
      });
      await expect(app.tokens('acme').getToken()).rejects.toMatchObject({
        code: 'TOKEN_RESPONSE_INVALID',
        message: expect.stringContaining('which is not a scheme'),
      });
    },
  );
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { tartan, zeepay, type ProviderDefinition } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { rejection, settle } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { HastyClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';

const HOUR = 3_600_000;
const person = { username: 'ama@example.com', password: 'p4ss-w0rd' };
const PASSWORD = { grantType: 'password', ...person };

/** Every kind of provider, and whether its tokens are renewed by a refresh token. */
const KINDS: [kind: string, (vendor: FakeVendor) => ProviderDefinition, refreshes: boolean][] = [
  ['client_secret_basic', (vendor) => acme(vendor), false],
  ['post', (vendor) => acme(vendor, { clientAuthentication: 'client_secret_post' }), false],
  ['client credentials in JSON', (vendor) => acme(vendor, { encoding: 'json' }), false],
  ['a password', (vendor) => acme(vendor, PASSWORD), true],
  [
    'a password, never refreshing',
    (vendor) => acme(vendor, { ...PASSWORD, refresh: 'never' }),
    false,
  ],
  [
    'a refresh token',
    (vendor) => acme(vendor, { grantType: 'refresh_token', refreshToken: 'configured' }),
    true,
  ],
  [
    'Zeepay',
    ({ url }) => zeepay({ name: 'acme', server: url, clientId: 'x', clientSecret: 'y', ...person }),
    true,
  ],
  ['Tartan', ({ url }) => tartan({ name: 'acme', server: url, ...person }), true],
];

describe.each(KINDS)('a provider of the kind %s', (_kind, define, refreshes) => {
  let vendor: FakeVendor;
  let clock: HastyClock;
  let app: App;

  const call = () => firstValueFrom(app.http('acme').get<unknown>('/orders'));
  /** The grant of a token request, whatever its encoding. */
  const grants = () =>
    vendor.tokenRequests.map(({ text }) => (text.includes('refresh_token') ? 'refresh' : 'login'));

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    vendor.onToken = (_request, count) => vendor.grant({ refresh_token: `refresh-${count}` });
    clock = new HastyClock();
    app = await App.start({ runtime: { clock, random: () => 0 }, providers: [define(vendor)] });
  });

  afterEach(() => Promise.all([app.close(), vendor.close()]));

  it('a provider of any kind obtains one token for all first callers and keeps it', async () => {
    const { values, errors } = await settle(Array.from({ length: 20 }, call));
    await call();
    expect([values.length, errors, vendor.tokenRequests.length]).toEqual([20, [], 1]);
    expect(new Set(vendor.apiRequests.map(({ token }) => token)).size).toBe(1);
  });

  it('a provider of any kind renews an expired token once, in its own way', async () => {
    await call();
    clock.advance(HOUR);
    const { values } = await settle(Array.from({ length: 20 }, call));
    expect([values.length, vendor.tokenRequests.length]).toEqual([20, 2]);
    expect(grants()[1]).toBe(refreshes ? 'refresh' : 'login');
  });

  it('a provider of any kind serves a stale token while it is renewed', async () => {
    await call();
    clock.advance(HOUR - 60_000);
    const stale = await call();
    expect(stale.status).toBe(200);
    await app.tokens('acme').renew('access-token-number-1');
    expect(vendor.tokenRequests).toHaveLength(2);
    expect(vendor.apiRequests.map(({ token }) => token)).toEqual([
      'access-token-number-1',
      'access-token-number-1',
    ]);
  });

  it('a provider of any kind renews a rejected token once, and the request is repeated', async () => {
    await call();
    vendor.revokeAll();
    const { values } = await settle(Array.from({ length: 20 }, call));
    expect([values.map(({ status }) => status), vendor.tokenRequests.length]).toEqual([
      Array.from({ length: 20 }, () => 200),
      2,
    ]);
  });

  it('a provider of any kind sends nothing without a token, and recovers', async () => {
    vendor.onToken = () => ({ status: 503 });
    expect(await rejection(call())).toMatchObject({
      name: 'OAuth2ClientError',
      provider: 'acme',
      code: 'TOKEN_ENDPOINT_UNAVAILABLE',
    });
    expect(vendor.apiRequests).toHaveLength(0);
    vendor.onToken = () => vendor.grant();
    clock.advance(30_000);
    expect((await call()).status).toBe(200);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import {
  getTokenProviderToken,
  TokenProviders,
  TokenSet,
  type TokenProvider,
} from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { ManualClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';

describe("in a user's test", () => {
  let vendor: FakeVendor;
  let app: App | undefined;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    vendor.onApi = () => ({});
  });

  afterEach(() => Promise.all([app?.close(), vendor.close()]));

  it('every request uses an overridden TokenProvider', async () => {
    const tokens = new TokenSet({ accessToken: 'from-the-test', expiresAt: Infinity });
    const fake: Pick<TokenProvider, 'name' | 'peek' | 'getToken' | 'renew'> = {
      name: 'acme',
      peek: () => tokens,
      getToken: () => Promise.resolve(tokens),
      renew: () => Promise.resolve(tokens),
    };
    app = await App.start({
      providers: [acme(vendor), acme(vendor, { name: 'real', baseURL: `${vendor.url}/real` })],
      adjust: (builder) => builder.overrideProvider(getTokenProviderToken('acme')).useValue(fake),
    });
    await firstValueFrom(app.http('acme').get('/a'));
    await firstValueFrom(app.http().get(`${vendor.url}/b`));
    await firstValueFrom(app.http('real').get('/c'));
    expect(vendor.apiRequests.map(({ token }) => token)).toEqual([
      'from-the-test',
      'from-the-test',
      'access-token-number-1',
    ]);
    expect(app.module.get(TokenProviders).get('acme')).toBe(fake);
  });

  it('nothing is sent if an overridden TokenProvider returns no TokenSet', async () => {
    const fake = { name: 'acme', peek: () => ({ accessToken: 'no-token-set' }) };
    app = await App.start({
      providers: [acme(vendor)],
      adjust: (builder) => builder.overrideProvider(getTokenProviderToken('acme')).useValue(fake),
    });
    const error = await rejection(firstValueFrom(app.http('acme').get('/a')));
    expect(error).toMatchObject({ name: 'OAuth2ClientError', provider: 'acme' });
    expect(vendor.apiRequests).toHaveLength(0);
  });

  it('a test moves time with OAUTH2_RUNTIME', async () => {
    const clock = new ManualClock();
    app = await App.start({ runtime: { clock }, providers: [acme(vendor)] });
    await firstValueFrom(app.http('acme').get('/a'));
    clock.advance(3_600_000);
    await firstValueFrom(app.http('acme').get('/a'));
    expect(vendor.apiRequests.map(({ token }) => token)).toEqual([
      'access-token-number-1',
      'access-token-number-2',
    ]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { tartan, zeepay } from '../../lib/index.js';
import { settle } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { ManualClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';

const HERD = 1_000;

describe('a herd of callers', () => {
  let vendors: { zeepay: FakeVendor; tartan: FakeVendor };
  let clock: ManualClock;
  let app: App;

  const call = (provider: 'zeepay' | 'tartan') =>
    firstValueFrom(app.http(provider).get<{ path: string }>('/things'));
  const herd = (provider: 'zeepay' | 'tartan') =>
    settle(Array.from({ length: HERD }, () => call(provider)));

  beforeEach(async () => {
    vendors = { zeepay: await FakeVendor.start(), tartan: await FakeVendor.start() };
    clock = new ManualClock();
    app = await App.start({
      runtime: { clock, random: () => 0 },
      providers: [
        zeepay({
          server: vendors.zeepay.url,
          clientId: 'id',
          clientSecret: 'secret',
          username: 'u',
          password: 'p',
        }),
        tartan({ server: vendors.tartan.url, username: 'u', password: 'p' }),
      ],
    });
  });

  afterEach(async () => {
    await app.close();
    await Promise.all(Object.values(vendors).map((vendor) => vendor.close()));
  });

  it('a herd of first callers makes one token request per provider', async () => {
    const [zeepayCalls, tartanCalls] = await Promise.all([herd('zeepay'), herd('tartan')]);
    expect([...zeepayCalls.errors, ...tartanCalls.errors]).toEqual([]);
    expect([zeepayCalls.values.length, tartanCalls.values.length]).toEqual([HERD, HERD]);
    expect(vendors.zeepay.tokenRequests).toHaveLength(1);
    expect(vendors.tartan.tokenRequests).toHaveLength(1);
  });

  it('a herd of callers just after expiry makes one token request', async () => {
    await call('zeepay');
    clock.advance(3_600_000);
    vendors.zeepay.revokeAll();
    const { values, errors } = await herd('zeepay');
    expect([values.length, errors]).toEqual([HERD, []]);
    expect(vendors.zeepay.tokenRequests).toHaveLength(2);
  });

  it('a herd of callers with a revoked token makes one renewal, and each request is repeated once', async () => {
    await call('zeepay');
    vendors.zeepay.revokeAll();
    vendors.zeepay.apiRequests.length = 0;
    const { values, errors } = await herd('zeepay');
    expect([values.length, errors]).toEqual([HERD, []]);
    expect(vendors.zeepay.tokenRequests).toHaveLength(2);
    expect(vendors.zeepay.apiRequests.filter(({ token }) => token?.endsWith('-1'))).toHaveLength(
      HERD,
    );
    expect(vendors.zeepay.apiRequests.filter(({ token }) => token?.endsWith('-2'))).toHaveLength(
      HERD,
    );
  });
});

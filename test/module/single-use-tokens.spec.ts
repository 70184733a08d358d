import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { MemoryTokenStore } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { rejection, settle } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { impatientClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';

describe('an API whose every request needs a token of its own', () => {
  let vendor: FakeVendor;
  let app: App;
  const store = new MemoryTokenStore();

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    vendor.onToken = () => vendor.grant({ refresh_token: 'never-used' });
    // Each token is spent by the request that brings it.
    vendor.onApi = (request) => {
      const answer = vendor.protect(request);
      vendor.live.delete(request.token ?? '');
      return answer;
    };
    app = await App.start({
      runtime: { clock: impatientClock(), random: () => 0 },
      store,
      providers: [
        acme(vendor, { singleUse: true, grantType: 'password', username: 'a', password: 'b' }),
      ],
    });
  });
  afterEach(() => Promise.all([app.close(), vendor.close()]));

  const send = () => firstValueFrom(app.http('acme').get('/orders'));
  const sent = () => vendor.apiRequests.map(({ token }) => token);

  it('a missing lifetime is not warned about for single-use tokens', async () => {
    vendor.onToken = () => vendor.grant({ expires_in: undefined });
    await send();
    expect(app.log.lines.filter((line) => line.startsWith('warn'))).toEqual([]);
  });

  it('each request carries a single-use token of its own, one after the other and at once', async () => {
    await send();
    await send();
    const { values } = await settle(Array.from({ length: 20 }, send));
    expect(values).toHaveLength(20);
    expect(new Set(sent()).size).toBe(22);
    expect(vendor.tokenRequests).toHaveLength(22);
    for (const { form } of vendor.tokenRequests) expect(form['grant_type']).toBe('password');
  });

  it('a request that is repeated after a 401 carries another single-use token', async () => {
    let refusals = 3;
    const protect = vendor.onApi;
    vendor.onApi = (request, count) =>
      count % 2 === 1 && refusals-- > 0 ? { status: 401 } : protect(request, count);
    for (let i = 0; i < 3; i++) await send();
    expect(new Set(sent()).size).toBe(6);
    expect(vendor.tokenRequests).toHaveLength(6);
  });

  it('single-use tokens are not written to a shared store', async () => {
    const other = await App.start({ store, providers: [acme(vendor, { singleUse: true })] });
    await send();
    await firstValueFrom(other.http('acme').get('/orders'));
    await other.close();
    expect(new Set(sent()).size).toBe(2);
  });

  it('no request is sent during the back-off of a vendor with single-use tokens', async () => {
    vendor.onToken = () => ({ status: 400, body: { error: 'invalid_grant' } });
    await rejection(send());
    const { errors } = await settle(Array.from({ length: 10 }, send));
    expect(errors).toHaveLength(10);
    for (const error of errors) expect(error).toMatchObject({ code: 'CREDENTIALS_REJECTED' });
    expect([vendor.tokenRequests.length, vendor.apiRequests.length]).toEqual([1, 0]);
  });
});

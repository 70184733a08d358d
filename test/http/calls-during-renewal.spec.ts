import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { acme } from '../support/acme.js';
import { rejection, settle } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { Gate } from '../support/gate.js';
import { ManualClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';

const OLD = 'access-token-number-1';
const NEW = 'access-token-number-2';

describe('while a rejected token is renewed', () => {
  let vendor: FakeVendor;
  let app: App;
  /** Where the token endpoint waits with the second token. */
  let renewal: Gate;

  const call = (path: string) => firstValueFrom(app.http('acme').get<unknown>(path));
  const tokensOf = (path: string) =>
    vendor.apiRequests.filter((request) => request.path === path).map(({ token }) => token);

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    renewal = new Gate();
    vendor.onToken = async (_request, count) => {
      if (count > 1) await renewal.pass();
      return vendor.grant();
    };
    const runtime = { clock: new ManualClock(), random: () => 0 };
    app = await App.start({ runtime, providers: [acme(vendor)] });
    await call('/first');
  });

  afterEach(() => Promise.all([app.close(), vendor.close()]));

  it('calls that begin during the renewal of a rejected token wait for the new one and never send the old one', async () => {
    vendor.revokeAll();
    const rejected = call('/rejected');
    await renewal.arrived();
    const late = Array.from({ length: 20 }, () => call('/late'));
    renewal.open();
    const { values } = await settle([rejected, ...late]);
    expect(values.map(({ status }) => status)).toEqual(Array.from({ length: 21 }, () => 200));
    expect(tokensOf('/rejected')).toEqual([OLD, NEW]);
    expect(tokensOf('/late')).toEqual(Array.from({ length: 20 }, () => NEW));
    expect(vendor.tokenRequests).toHaveLength(2);
  });

  it('calls under way join the renewal of a rejected token, and calls that are rejected later use the new token', async () => {
    const slow = { joining: new Gate(), late: new Gate() };
    vendor.onApi = async (request) => {
      if (request.token === OLD && request.path === '/joining') await slow.joining.pass();
      if (request.token === OLD && request.path === '/late') await slow.late.pass();
      return vendor.protect(request);
    };
    const joining = call('/joining');
    const late = call('/late');
    await Promise.all([slow.joining.arrived(), slow.late.arrived()]);
    vendor.revokeAll();
    const rejected = call('/rejected');
    await renewal.arrived();
    slow.joining.open();
    renewal.open();
    await Promise.all([rejected, joining]);
    slow.late.open();
    await late;
    for (const path of ['/rejected', '/joining', '/late']) {
      expect([path, tokensOf(path)]).toEqual([path, [OLD, NEW]]);
    }
    expect(vendor.tokenRequests).toHaveLength(2);
  });

  it('a failed renewal of a rejected token fails all calls that wait for it, and nothing more is sent', async () => {
    vendor.revokeAll();
    vendor.onToken = async () => {
      await renewal.pass();
      return { status: 400, body: { error: 'invalid_client' } };
    };
    const rejected = call('/rejected');
    await renewal.arrived();
    const late = call('/late');
    renewal.open();
    for (const failed of [rejected, late]) {
      expect(await rejection(failed)).toMatchObject({ code: 'CREDENTIALS_REJECTED' });
    }
    expect([tokensOf('/rejected'), tokensOf('/late')]).toEqual([[OLD], []]);
  });
});

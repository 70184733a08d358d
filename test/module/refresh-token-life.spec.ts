import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { acme } from '../support/acme.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { ManualClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';
import { idle } from '../support/provider-bench.js';

describe('an account that has only a refresh token', () => {
  let vendor: FakeVendor;
  let app: App;
  const clock = new ManualClock();
  beforeEach(async () => {
    vendor = await FakeVendor.start();
    app = await App.start({
      providers: [acme(vendor, { grantType: 'refresh_token', refreshToken: 'refresh-0' })],
      runtime: { clock, random: () => 1 },
    });
  });
  afterEach(() => Promise.all([app.close(), vendor.close()]));

  /** Every refresh token lives for so many seconds. */
  const grantFor = (seconds: number) => {
    vendor.onToken = (_request, count) =>
      vendor.grant({ refresh_token: `refresh-${count}`, refresh_token_expires_in: seconds });
  };
  const warnings = () =>
    app.log.lines.filter((line) => line.startsWith('warn') && line.includes('refresh token'));

  it.each([3_600, 900])(
    'an account with only a refresh token stays alive although a refresh token lives for %d s',
    async (seconds) => {
      grantFor(seconds);
      const tokens = app.tokens('acme');
      await tokens.getToken();
      for (let life = 0; life < 5; life++) {
        const before = vendor.tokenRequests.length;
        clock.advance(seconds * 1_000 - 60_000);
        await tokens.getToken();
        while (tokens.status().renewing) await idle();
        expect(vendor.tokenRequests).toHaveLength(before + 1);
      }
      expect(warnings()).toEqual([]);
    },
  );

  it('a refresh token that ends before it can be used is warned about once', async () => {
    grantFor(1);
    await app.tokens('acme').getToken();
    await app.tokens('acme').getToken();
    expect(warnings()).toEqual([
      expect.stringContaining('the refresh token ends before it can be used'),
    ]);
  });
});

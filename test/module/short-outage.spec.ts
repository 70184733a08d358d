import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { acme } from '../support/acme.js';
import { FakeVendor, reset, type Answer } from '../support/fake-vendor.js';
import { HastyClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';

describe('a token endpoint that is away for two seconds', () => {
  let vendor: FakeVendor;
  let app: App;
  const clock = new HastyClock();
  beforeEach(async () => void (vendor = await FakeVendor.start()));
  afterEach(() => Promise.all([app.close(), vendor.close()]));

  async function duringOutage(
    definition: Readonly<Record<string, unknown>>,
    answer: Answer,
    random = Math.random(),
  ) {
    const end = clock.monotonic() + 2_000;
    vendor.onToken = () => (clock.monotonic() < end ? answer : vendor.grant());
    app = await App.start({
      providers: [acme(vendor, definition)],
      runtime: { clock, random: () => random },
    });
    return Promise.all([1, 2, 3].map(() => firstValueFrom(app.http('acme').get('/orders'))));
  }

  it.each([
    ['a login with status 500', {}, { status: 500 }],
    ['a login with status 503', {}, { status: 503 }],
    ['a login with broken connections', {}, reset],
    [
      'a password with status 429',
      { grantType: 'password', username: 'u', password: 'p' },
      { status: 429 },
    ],
    [
      'a refresh token with status 503',
      { grantType: 'refresh_token', refreshToken: 'r' },
      { status: 503 },
    ],
    [
      'a refresh token with status 502',
      { grantType: 'refresh_token', refreshToken: 'r' },
      { status: 502 },
    ],
    [
      'a refresh token with broken connections',
      { grantType: 'refresh_token', refreshToken: 'r' },
      reset,
    ],
  ])(
    'no waiting request fails while a token endpoint answers %s for two seconds',
    async (_what, definition, answer) => {
      const responses = await duringOutage(definition, answer);
      expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(vendor.tokenRequests.length).toBeLessThanOrEqual(6);
    },
  );
});

describe('a vendor that accepts five token requests at a time', () => {
  let vendor: FakeVendor;
  let app: App;
  beforeEach(async () => void (vendor = await FakeVendor.start()));
  afterEach(() => Promise.all([app.close(), vendor.close()]));

  it('twenty accounts log in at once at a vendor that accepts five token requests at a time', async () => {
    let [running, most] = [0, 0];
    vendor.onToken = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running--;
      return vendor.grant();
    };
    app = await App.start({ providers: [acme(vendor, { concurrency: 5 })] });
    const subjects = Array.from({ length: 20 }, (_, i) => `subject-${i}`);
    const calls = subjects.map((subject) =>
      firstValueFrom(app.http('acme').get('/orders', { oauth2: { subject } })),
    );
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(subjects.map(() => 200));
    expect(vendor.tokenRequests).toHaveLength(20);
    expect(most).toBeLessThanOrEqual(5);
    expect(most).toBeGreaterThan(1);
  });
});

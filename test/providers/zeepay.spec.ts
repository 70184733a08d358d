import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { zeepay } from '../../lib/index.js';
import { rejection } from '../support/collect.js';
import { FakeVendor, type Answer } from '../support/fake-vendor.js';
import { ManualClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';

const YEAR = 31_536_000;

// With characters that a form has to encode.
const account = {
  clientId: 'client-1',
  clientSecret: 's3cr&t=+%',
  username: 'ama@example.com',
  password: 'pä ss:w0rd',
};

describe('Zeepay', () => {
  let vendor: FakeVendor;
  let clock: ManualClock;
  let app: App;

  const granted = (): Answer =>
    vendor.grant({ expires_in: YEAR, refresh_token: `refresh-${vendor.tokenRequests.length}` });
  const call = () => firstValueFrom(app.http('zeepay').get('/payouts'));
  const grants = () => vendor.tokenRequests.map(({ form }) => form['grant_type']);
  const tokens = () => vendor.apiRequests.map(({ token }) => token);

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    vendor.onToken = granted;
    clock = new ManualClock();
    app = await App.start({
      runtime: { clock, random: () => 0 },
      providers: [zeepay({ server: vendor.url, ...account })],
    });
  });

  afterEach(() => Promise.all([app.close(), vendor.close()]));

  it('the Zeepay login is a form with five fields', async () => {
    await call();
    const [request] = vendor.tokenRequests;
    expect(request).toMatchObject({ method: 'POST', path: '/oauth/token' });
    expect(request?.query.size).toBe(0);
    expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(request?.headers.authorization).toBeUndefined();
    expect(request?.form).toEqual({
      client_id: account.clientId,
      client_secret: account.clientSecret,
      username: account.username,
      password: account.password,
      grant_type: 'password',
    });
  });

  it('Zeepay tokens go to its own server', async () => {
    await call();
    expect(vendor.apiRequests[0]).toMatchObject({
      path: '/payouts',
      token: 'access-token-number-1',
    });
  });

  it.each([
    ['test', 'https://test.digitaltermination.com'],
    ['sandbox', 'https://business-sandbox.instntmny.com'],
    ['https://live.zeepay.example/api', 'https://live.zeepay.example/api'],
  ])('Zeepay uses the server %s', (server, url) => {
    const definition = zeepay({ server, ...account });
    expect(definition).toMatchObject({ name: 'zeepay', baseURL: url });
    expect(new URL(definition.tokenEndpoint!, definition.baseURL).href).toBe(
      `${new URL(url).origin}/oauth/token`,
    );
  });

  it.each(['live', 'constructor', ''])('Zeepay refuses the server name %j', (server) => {
    expect(() => zeepay({ server, ...account })).toThrow(
      expect.objectContaining({
        code: 'CONFIGURATION_INVALID',
        provider: 'zeepay',
        reason: '`server` must be test, sandbox or an absolute URL.',
      }),
    );
  });

  it('Zeepay may be declared under another name with its own options', () => {
    const axios = { timeout: 5_000 };
    expect(
      zeepay({ server: 'test', ...account, name: 'zeepay-gh', axios, deadline: 9 }),
    ).toMatchObject({
      name: 'zeepay-gh',
      axios,
      deadline: 9,
    });
  });

  it('a Zeepay token is kept for a year', async () => {
    await call();
    clock.advance((YEAR - 200) * 1_000);
    await call();
    expect(vendor.tokenRequests).toHaveLength(1);
    clock.advance(200_000);
    await call();
    expect(tokens()).toEqual([
      'access-token-number-1',
      'access-token-number-1',
      'access-token-number-2',
    ]);
  });

  it('Zeepay is refreshed although its page does not say how', async () => {
    await call();
    clock.advance(YEAR * 1_000);
    await call();
    const { client_id, client_secret, ...rest } = vendor.tokenRequests[1]!.form;
    expect(rest).toEqual({ grant_type: 'refresh_token', refresh_token: 'refresh-1' });
    expect([client_id, client_secret]).toEqual([account.clientId, account.clientSecret]);
  });

  it('a refused Zeepay refresh becomes a login in the same call', async () => {
    vendor.onToken = ({ form }) =>
      form['grant_type'] === 'password'
        ? granted()
        : { status: 400, body: { error: 400, message: 'unsupported grant' } };
    for (let i = 0; i < 3; i++) {
      expect((await call()).status).toBe(200);
      clock.advance(YEAR * 1_000);
    }
    expect(grants()).toEqual(['password', 'refresh_token', 'password', 'password']);
  });

  it('a wrong Zeepay password is sent once, and the error has the words of the vendor', async () => {
    vendor.onToken = () => ({ status: 400, body: { error: 1001, message: 'wrong e-mail' } });
    for (let i = 0; i < 3; i++) {
      expect(await rejection(call())).toMatchObject({
        provider: 'zeepay',
        status: 400,
        error: '1001',
        errorDescription: 'wrong e-mail',
        retryable: false,
      });
    }
    expect([vendor.tokenRequests.length, vendor.apiRequests.length]).toEqual([1, 0]);
  });
});

import { Test, type TestingModule } from '@nestjs/testing';
import { OAUTH2_RUNTIME } from 'nestjs-oauth2-client';
import { faults, OAuth2TestServer, TestClock } from 'nestjs-oauth2-client/testing';

import { PayoutModule, PayoutService } from './payouts.js';

const HOUR = 3_600_000;

describe('PayoutService and its vendor', () => {
  let vendor: OAuth2TestServer;
  let clock: TestClock;
  let app: TestingModule;
  const list = () => app.get(PayoutService).list();

  beforeEach(async () => {
    vendor = await OAuth2TestServer.start({ refreshTokens: 'rotating' });
    vendor.api.respond({ body: ['a'] });
    process.env.ZEEPAY_SERVER = vendor.url;
    clock = new TestClock();
    app = await Test.createTestingModule({ imports: [PayoutModule] })
      .overrideProvider(OAUTH2_RUNTIME)
      .useValue(clock.runtime)
      .compile();
    app.useLogger(false);
  });

  afterEach(async () => {
    await app.close();
    await vendor.close();
  });

  it('logs in once for all calls', async () => {
    vendor.tokenEndpoint.expect({ form: { grant_type: 'password', username: 'ama' } });
    vendor.api.expect({ method: 'GET', path: '/payouts', token: 'token-1' });
    vendor.api.expect({ method: 'GET', path: '/payouts', token: 'token-1' });
    expect(await Promise.all([list(), list()])).toEqual([['a'], ['a']]);
    vendor.verify();
  });

  it('renews a token that has expired, with a refresh token that rotates', async () => {
    await list();
    clock.advance(HOUR);
    await list();
    clock.advance(HOUR);
    await list();
    expect(vendor.api.tokens).toEqual(['token-1', 'token-2', 'token-3']);
    const sent = vendor.tokenEndpoint.requests.map(({ form }) => form['refresh_token']);
    expect(sent).toEqual([undefined, 'refresh-token-1', 'refresh-token-2']);
  });

  it('logs in again when the vendor refuses the refresh token', async () => {
    await list();
    vendor.revokeRefreshTokens();
    clock.advance(HOUR);
    expect(await list()).toEqual(['a']);
    const grants = vendor.tokenEndpoint.requests.map(({ form }) => form['grant_type']);
    expect(grants).toEqual(['password', 'refresh_token', 'password']);
  });

  it('sends a request again whose token was revoked', async () => {
    await list();
    vendor.revokeTokens();
    expect(await list()).toEqual(['a']);
    expect(vendor.api.tokens).toEqual(['token-1', 'token-1', 'token-2']);
  });

  it('fails while the vendor is down, and works again afterwards', async () => {
    vendor.tokenEndpoint.respond(faults.unavailable());
    await expect(list()).rejects.toMatchObject({ code: 'TOKEN_ENDPOINT_UNAVAILABLE' });
    vendor.tokenEndpoint.respond();
    await expect(list()).rejects.toMatchObject({ retryAfter: 1 });
    clock.advance(30_000);
    expect(await list()).toEqual(['a']);
  });

  it('serves the old token during a short outage', async () => {
    await list();
    vendor.tokenEndpoint.respond(faults.unavailable());
    clock.advance(HOUR - 60_000);
    expect(await list()).toEqual(['a']);
    expect(vendor.api.tokens).toEqual(['token-1', 'token-1']);
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';

import { SampleApp } from './sample-app.js';

describe('payouts, over Zeepay', () => {
  let sample: SampleApp;

  afterEach(async () => {
    delete process.env.SAMPLE_PASSWORD;
    await sample.close();
  });

  it('lists and creates payouts', async () => {
    sample = await SampleApp.start();
    const created = await sample.post('/payouts', {
      recipient: '+233200000003',
      amount: '10.00',
      currency: 'GHS',
    });
    expect(created.status).toBe(201);
    expect(await created.json()).toMatchObject({ id: 3, amount: '10.00' });

    const listed = await sample.get('/payouts');
    expect(listed.status).toBe(200);
    expect(await listed.json()).toHaveLength(3);
  });

  it('logs in once for many concurrent requests', async () => {
    sample = await SampleApp.start();
    const responses = await sample.getMany(50, '/payouts');
    expect(responses.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(sample.zeepay.stats).toEqual({
      logins: 1,
      refreshes: 0,
      rejectedTokenRequests: 0,
      apiCalls: 50,
      apiUnauthorized: 0,
    });
  });

  it('renews a revoked token once and answers as if nothing had happened', async () => {
    sample = await SampleApp.start();
    await sample.get('/payouts');
    sample.zeepay.revoke();
    const responses = await sample.getMany(20, '/payouts');
    expect(responses.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(sample.zeepay.stats).toMatchObject({ logins: 1, refreshes: 1 });
  });

  it('logs in again when the refresh token is revoked too', async () => {
    sample = await SampleApp.start();
    await sample.get('/payouts');
    sample.zeepay.revoke({ refreshTokens: true });
    expect((await sample.get('/payouts')).status).toBe(200);
    expect(sample.zeepay.stats).toMatchObject({ logins: 2, refreshes: 0, apiUnauthorized: 1 });
  });

  it('answers 502 when the API rejects one new token after another', async () => {
    sample = await SampleApp.start();
    for (const status of [200, 200, 502]) {
      expect((await sample.get('/payouts')).status).toBe(status);
      sample.zeepay.revoke();
    }
    expect(sample.zeepay.stats).toMatchObject({ logins: 1, refreshes: 1, apiUnauthorized: 2 });
  });

  it('recovers when the token expires by the clock of the vendor', async () => {
    let skew = 0;
    sample = await SampleApp.start({ zeepay: { now: () => Date.now() + skew } });
    await sample.get('/payouts');
    skew = 60_000;
    expect((await sample.get('/payouts')).status).toBe(200);
    expect(sample.zeepay.stats).toMatchObject({ logins: 1, refreshes: 1, apiUnauthorized: 1 });
  });

  it('goes on with the token it has while the token endpoint is down', async () => {
    sample = await SampleApp.start();
    await sample.get('/payouts');
    sample.zeepay.down();
    expect((await sample.get('/payouts')).status).toBe(200);
  });

  it('answers 503 with Retry-After when there is no token to be had', async () => {
    sample = await SampleApp.start();
    sample.zeepay.down();
    const response = await sample.get('/payouts');
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    await expectNoSecret(response);
    expect(sample.zeepay.stats.apiCalls).toBe(0);
  });

  it('answers 502 to a wrong password, and asks the vendor once', async () => {
    process.env.SAMPLE_PASSWORD = 'guess-of-a-password';
    sample = await SampleApp.start();
    const responses = await sample.getMany(10, '/payouts');
    expect(responses.map(({ status }) => status)).toEqual(Array(10).fill(502));
    await expectNoSecret(responses[0]!);
    expect(sample.zeepay.stats).toMatchObject({ rejectedTokenRequests: 1, apiCalls: 0 });
  });

  async function expectNoSecret(response: Response): Promise<void> {
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ statusCode: response.status });
    const { clientSecret, password } = sample.zeepay.account;
    for (const secret of [clientSecret, password, 'guess-of-a-password']) {
      expect(text).not.toContain(secret);
    }
  }
});

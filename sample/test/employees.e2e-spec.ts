import { afterEach, describe, expect, it } from '@jest/globals';

import { SampleApp } from './sample-app.js';

describe('employees, over Tartan', () => {
  let sample: SampleApp;

  afterEach(() => sample.close());

  it('lists employees', async () => {
    sample = await SampleApp.start();
    const response = await sample.get('/employees');
    expect(response.status).toBe(200);
    expect(await response.json()).toContainEqual({
      id: 'E-1',
      name: 'Ama Mensah',
      department: 'Finance',
    });
  });

  it('logs in once for many concurrent requests, and leaves the other vendor alone', async () => {
    sample = await SampleApp.start();
    const responses = await sample.getMany(50, '/employees');
    expect(responses.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(sample.tartan.stats).toMatchObject({ logins: 1, refreshes: 0, apiCalls: 50 });
    expect(sample.zeepay.stats).toMatchObject({ logins: 0, apiCalls: 0 });
  });

  it('renews once after a revocation over HTTP', async () => {
    sample = await SampleApp.start();
    await sample.get('/employees');
    await fetch(`${sample.tartan.url}/_control/revoke`, { method: 'POST' });
    expect((await sample.get('/employees')).status).toBe(200);
    const stats = await fetch(`${sample.tartan.url}/_control/stats`);
    expect(await stats.json()).toEqual({
      logins: 1,
      refreshes: 1,
      rejectedTokenRequests: 0,
      apiCalls: 3,
      apiUnauthorized: 1,
    });
  });

  it('logs in again where the vendor refuses to refresh', async () => {
    sample = await SampleApp.start({ tartan: { refreshing: false } });
    await sample.get('/employees');
    sample.tartan.revoke();
    expect((await sample.get('/employees')).status).toBe(200);
    expect(sample.tartan.stats).toMatchObject({ logins: 2, refreshes: 0 });
  });

  it('serves one vendor while the token endpoint of the other is down', async () => {
    sample = await SampleApp.start();
    sample.tartan.down();
    expect((await sample.get('/employees')).status).toBe(503);
    expect((await sample.get('/payouts')).status).toBe(200);
  });
});

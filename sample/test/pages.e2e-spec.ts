import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import { SampleApp } from './sample-app.js';

const ADAPTERS = { Express: ExpressAdapter, Fastify: FastifyAdapter };

describe.each(['Express', 'Fastify'] as const)('the sample on %s', (platform) => {
  let sample: SampleApp;
  beforeEach(async () => {
    sample = await SampleApp.start({ adapter: new ADAPTERS[platform]() });
  });
  afterEach(() => sample.close());

  it('has a page with links that work', async () => {
    const page = await (await sample.get('/')).text();
    const links = [...page.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, path]) => path!);
    expect(links).toEqual(expect.arrayContaining(['/oauth2', '/health', '/metrics', '/payouts']));
    for (const path of links) expect([path, (await sample.get(path)).status]).toEqual([path, 200]);
  });

  it('reports a vendor that is down in its health and in its metrics', async () => {
    await sample.get('/payouts');
    expect((await sample.get('/health')).status).toBe(200);
    await sample.post('/console/zeepay/outage', {});
    await sample.get('/payouts');
    expect((await sample.get('/health')).status).toBe(503);
    const metrics = await (await sample.get('/metrics')).text();
    expect(metrics).toMatch(/oauth2_client_\w+\{[^}]*oauth2_provider="zeepay"/);
  });

  it('says that a vendor or a fault is unknown', async () => {
    expect((await sample.post('/console/acme/outage', {})).status).toBe(404);
    expect((await sample.post('/console/zeepay/flood', {})).status).toBe(404);
  });
});

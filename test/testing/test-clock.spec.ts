import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryTokenStore } from 'nestjs-oauth2-client';
import { faults, OAuth2TestServer, TestClock } from 'nestjs-oauth2-client/testing';

import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { KitApp } from './kit-app.js';

const HOUR = 3_600_000;

describe('an app with a TestClock', () => {
  let server: OAuth2TestServer;
  const apps: KitApp[] = [];

  beforeEach(async () => void (server = await OAuth2TestServer.start()));
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await server.close();
  });

  const start = async (...options: Parameters<typeof KitApp.start>) => {
    const app = await KitApp.start(...options);
    apps.push(app);
    return app;
  };

  it('keeps a token for as long as the clock stands still', async () => {
    const app = await start({ providers: [acme(server)] }, new TestClock(Date.UTC(2030, 0, 1)));
    const { expiresAt } = await app.tokens().getToken();
    expect(expiresAt).toBe(Date.UTC(2030, 0, 1) + HOUR);
    await app.tokens().getToken();
    expect(server.tokenEndpoint.requests).toHaveLength(1);
  });

  it('starts at the time of the machine', () => {
    expect(Math.abs(new TestClock().now() - Date.now())).toBeLessThan(1_000);
  });

  it('uses a stale token and renews it meanwhile', async () => {
    const app = await start({ providers: [acme(server)] });
    await app.get('/orders');
    app.clock.advance(HOUR - 60_000);
    await app.get('/orders');
    await server.tokenEndpoint.arrival(2);
    expect(server.api.tokens).toEqual(['token-1', 'token-1']);
  });

  it('makes all attempts of a renewal at once, and the clock moves by their pauses', async () => {
    const app = await start({ providers: [acme(server)] });
    const begun = app.clock.now();
    server.tokenEndpoint.respond(faults.unavailable());
    expect(await rejection(app.get('/orders'))).toMatchObject({
      code: 'TOKEN_ENDPOINT_UNAVAILABLE',
    });
    expect(server.tokenEndpoint.requests).toHaveLength(6);
    expect(app.clock.now() - begun).toBeGreaterThan(4_000);
    expect(app.clock.now() - begun).toBeLessThan(10_000);
  });

  it('leaves the timeout of a caller alone while a login is under way', async () => {
    const app = await start({ axios: { timeout: 1_000 }, providers: [acme(server)] });
    const release = server.tokenEndpoint.hold();
    const call = app.get('/orders');
    await server.tokenEndpoint.arrival(1);
    await new Promise((resolve) => void setTimeout(resolve, 20));
    release();
    expect(await call).toEqual({});
  });

  it('ends the wait of a caller when the clock is moved past the timeout', async () => {
    const app = await start({ axios: { timeout: 1_000 }, providers: [acme(server)] });
    const release = server.tokenEndpoint.hold();
    const call = rejection(app.get('/orders'));
    await server.tokenEndpoint.arrival(1);
    app.clock.advance(1_000);
    expect(await call).toMatchObject({ code: 'ECONNABORTED' });
    release();
  });

  it('lets two modules with one store share a token', async () => {
    const [store, clock] = [new MemoryTokenStore(), new TestClock()];
    const options = { store, providers: [acme(server)] };
    const [one, other] = [await start(options, clock), await start(options, clock)];
    await Promise.all([one.get('/orders'), other.get('/orders')]);
    expect(server.api.tokens).toEqual(['token-1', 'token-1']);
    clock.advance(HOUR);
    await Promise.all([one.get('/orders'), other.get('/orders')]);
    expect(server.tokenEndpoint.requests).toHaveLength(2);
  });

  it('closes at once, without anything that waits', async () => {
    const app = await start({ providers: [acme(server)] });
    server.tokenEndpoint.respond(faults.silence());
    const call = rejection(app.get('/orders'));
    await server.tokenEndpoint.arrival(1);
    await app.close();
    expect(await call).toMatchObject({ code: 'SHUTTING_DOWN' });
  });
});

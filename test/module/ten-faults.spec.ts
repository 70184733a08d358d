import { randomBytes, randomUUID } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { firstValueFrom } from 'rxjs';

import { RedisTokenStore } from '../../lib/stores/redis.js';
import { acme, CLIENT_SECRET } from '../support/acme.js';
import { settle } from '../support/collect.js';
import { FakeVendor, hang, type Answer } from '../support/fake-vendor.js';
import { HastyClock } from '../support/manual-clock.js';
import { App, type AppOptions } from '../support/nest-app.js';
import { idle } from '../support/provider-bench.js';
import { RedisServer } from '../support/redis-server.js';
import { expectNoSecret } from '../support/secrets.js';

const PASSWORD = 'zW4+nQ7/yR2-kM8';
const REFRESH_TOKEN = 'rF4.mW8zB3-tY6pL1';
const LOGIN = { grantType: 'password', username: 'ama', password: PASSWORD };

const refusal = (error: string, status = 400): Answer => ({ status, body: { error } });

describe('what the log says of a fault', () => {
  let vendor: FakeVendor;
  let app: App;
  let clock: HastyClock;
  let cleanUps: (() => unknown)[];

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    clock = new HastyClock();
    clock.setWall(Date.now() - clock.now());
    cleanUps = [() => vendor.close()];
  });
  afterEach(async () => {
    const shown = [app.log.lines, app.tokens('acme').status()];
    expectNoSecret(shown, [CLIENT_SECRET, PASSWORD, REFRESH_TOKEN]);
    for (const cleanUp of cleanUps.toReversed()) await cleanUp();
  });

  async function start(changes = {}, options: Partial<AppOptions> = {}): Promise<void> {
    const runtime = { clock, random: () => 0 };
    app = await App.start({ runtime, providers: [acme(vendor, changes)], ...options });
    cleanUps.push(() => app.close());
  }

  /** One request to the API, and the renewal that it starts. */
  async function request(): Promise<'ok' | 'failed'> {
    const { errors } = await settle([firstValueFrom(app.http('acme').get('/orders'))]);
    while (app.tokens('acme').status().renewing) await idle();
    return errors.length === 0 ? 'ok' : 'failed';
  }

  async function pass(ms: number): Promise<void> {
    clock.advance(ms);
    await request();
  }

  /** The lines at the level of warnings or above, without the name of the logger. */
  const lines = () =>
    app.log.lines.flatMap(
      (line) => /^((?:warn|error|log \[).*?)(?: undefined)? OAuth2Client$/.exec(line)?.[1] ?? [],
    );

  /** Expects these lines and this status, and no other line. */
  function seen(expected: readonly RegExp[], status: object): void {
    expect(lines()).toEqual(expected.map((line) => expect.stringMatching(line)));
    expect(app.tokens('acme').status()).toMatchObject(status);
  }

  it('a wrong password is named, with the members to correct', async () => {
    vendor.onToken = () => refusal('invalid_grant');
    await start(LOGIN);
    await request();
    seen([/^error \[acme\] calls fail: CREDENTIALS_REJECTED: .*`password`/], {
      state: 'down',
      retryAfter: 30,
    });
  });

  it('a revoked client secret shows while the old token serves, and when it has expired', async () => {
    vendor.onToken = () => vendor.grant({ expires_in: 20 }); // longer lives would look like a skewed clock
    await start();
    await request();
    vendor.onToken = () => refusal('invalid_client', 401);
    await pass(17_000);
    seen(
      [
        /^warn \[acme\] the token cannot be renewed, the old one serves: CREDENTIALS_REJECTED: .*`clientSecret`/,
      ],
      { state: 'degraded' },
    );
    await pass(5_000);
    expect(lines()[1]).toMatch(/^error \[acme\] calls fail: CREDENTIALS_REJECTED: /);
  });

  it('an endpoint that is down is named with host and port', async () => {
    const away = await FakeVendor.start();
    const { url, port } = away;
    await away.close();
    await start({ tokenEndpoint: `${url}/token` });
    await request();
    seen(
      [
        new RegExp(
          `^warn \\[acme\\] calls fail: TOKEN_ENDPOINT_UNREACHABLE: .*127\\.0\\.0\\.1:${port}`,
        ),
      ],
      { state: 'down' },
    );
  });

  it('an endpoint that is slow is named with the time that was waited', async () => {
    vendor.onToken = () => {
      setImmediate(() => clock.advance(10_000));
      return hang;
    };
    await start();
    await request();
    seen([/^warn \[acme\] calls fail: TOKEN_REQUEST_TIMEOUT: .*10000 ms/], { state: 'down' });
  });

  it('a token that the API has revoked is replaced in silence, and an API that rejects the new one as well is named', async () => {
    await start();
    await request();
    vendor.revokeAll();
    expect(await request()).toBe('ok');
    expect(lines()).toEqual([]);
    vendor.onApi = () => ({ status: 401 });
    await request();
    seen([/^warn \[acme\] the API rejects a new token: /], { state: 'up' });
  });

  it('a clock that is ten minutes behind is named with its difference', async () => {
    clock.setWall(-600_000);
    await start();
    await request();
    seen([/^warn \[acme\] the clocks differ: that of the vendor is (599|600) s ahead /], {
      state: 'up',
    });
  });

  it('a Redis that is down is named with its address, and calls go on', async () => {
    const server = await RedisServer.alone();
    const client = new Redis(server.url, { enableOfflineQueue: false, retryStrategy: () => 20 });
    client.on('error', () => {});
    cleanUps.push(() => client.disconnect());
    const store = new RedisTokenStore({
      client,
      encryptionKeys: [randomBytes(32)],
      prefix: randomUUID(),
    });
    await server.stop();
    await start({}, { store });
    await request();
    seen(
      [
        new RegExp(
          `^warn \\[acme\\] the token store failed: \\w+ at 127\\.0\\.0\\.1:${server.port}: `,
        ),
      ],
      {
        state: 'up',
      },
    );
  });

  it('a page of a gateway is named as a page, with its status', async () => {
    const headers = { 'content-type': 'text/html' };
    const body = '<html><title>502 Bad Gateway</title></html>';
    vendor.onToken = () => ({ status: 502, headers, body });
    await start();
    await request();
    seen([/^warn \[acme\] calls fail: TOKEN_ENDPOINT_UNAVAILABLE: .*502.*page/], { state: 'down' });
  });

  it('a scope that is missing is named with the first token', async () => {
    vendor.onToken = () => vendor.grant({ scope: 'read' });
    vendor.onApi = () => ({ status: 403 });
    await start({ scope: 'read write' });
    await request();
    seen([/^warn \[acme\] the token lacks a requested scope: .* write, /], { state: 'up' });
  });

  it('a revoked refresh token of an account without a login asks for a new consent', async () => {
    vendor.onToken = () => refusal('invalid_grant');
    await start({ grantType: 'refresh_token', refreshToken: REFRESH_TOKEN });
    await request();
    seen([/^error \[acme\] calls fail: REAUTHENTICATION_REQUIRED: /], { state: 'down' });
  });
});

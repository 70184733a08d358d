import { randomBytes, randomUUID } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis, type RedisOptions } from 'ioredis';

import { RedisTokenStore } from '../../lib/stores/redis.js';
import { acme } from '../support/acme.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';
import { RedisServer } from '../support/redis-server.js';

const PASSWORD = 'rP6-kM2wXv9Tq4';

describe('an app whose Redis', () => {
  let vendor: FakeVendor;
  let cleanUps: (() => unknown)[];
  const encryptionKeys = [randomBytes(32)];

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    cleanUps = [() => vendor.close()];
  });
  afterEach(async () => {
    for (const cleanUp of cleanUps.toReversed()) await cleanUp();
  });

  async function redis(port?: number, ...options: string[]): Promise<RedisServer> {
    const server = await RedisServer.alone(port, ...options);
    cleanUps.push(() => server.stop());
    return server;
  }

  async function appOn(url: string, options: RedisOptions = {}) {
    const settings = { enableOfflineQueue: false, retryStrategy: () => 20, ...options };
    const client = new Redis(url, settings);
    client.on('error', () => {}); // as the app's own business
    cleanUps.push(() => client.disconnect());
    const store = new RedisTokenStore({ client, encryptionKeys, prefix: randomUUID() });
    const app = await App.start({ store, providers: [acme(vendor)] });
    cleanUps.push(() => app.close());
    const tokens = app.tokens('acme');
    const renew = async () => {
      tokens.invalidate();
      return (await tokens.getToken()).accessToken;
    };
    return { app, client, renew };
  }

  const warnings = ({ log }: App) => log.lines.filter((line) => line.startsWith('warn'));
  const storeFailed = (operation: string, { url }: RedisServer, cause: string): unknown =>
    expect.stringContaining(
      `[acme] the token store failed: ${operation} at ${new URL(url).host}: ${cause}. `,
    );

  async function eventually(check: () => boolean | Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 10_000; Date.now() < end;) {
      if (await check()) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('it did not come to that');
  }

  it('an app that starts without Redis has tokens, and shares them once Redis is there', async () => {
    const free = await redis();
    const port = Number(new URL(free.url).port);
    await free.stop();
    const { app, client, renew } = await appOn(free.url);
    expect(await renew()).toBe('access-token-number-1');
    expect(await renew()).toBe('access-token-number-2');
    expect(warnings(app)).toEqual([storeFailed('get', free, 'ENOTCONN (Error)')]); // the second renewal has left it alone
    await redis(port);
    await eventually(() => client.status === 'ready');
    await eventually(async () => {
      await renew();
      return (await client.keys('*:tokens')).length === 1;
    });
  });

  it('an app whose Redis hangs waits for it a quarter of a second, once a second', async () => {
    const server = await redis();
    const { app, client, renew } = await appOn(server.url);
    await eventually(() => client.status === 'ready');
    await renew();
    server.signal('SIGSTOP');
    const begun = performance.now();
    for (let i = 0; i < 20; i++) await renew();
    const took = performance.now() - begun;
    server.signal('SIGCONT');
    expect(took).toBeGreaterThan(240);
    expect(took).toBeLessThan(250 * 20);
    expect(warnings(app).length).toBeLessThan(20);
    await eventually(async () => {
      await renew();
      return (await client.keys('*:tokens')).length === 1;
    });
  });

  it.each<[string, string, (client: Redis) => Promise<unknown>]>([
    ['is a replica that takes no writes', 'READONLY', (client) => client.replicaof('127.0.0.1', 1)],
    ['is full', 'OOM', (client) => client.config('SET', 'maxmemory', '1')],
    [
      'forbids what it allowed before',
      'NOPERM',
      (client) => client.call('ACL', 'SETUSER', 'default', '-eval'),
    ],
  ])('an app whose Redis %s has tokens, and logs %s', async (_what, code, spoil) => {
    const server = await redis();
    const { app, client, renew } = await appOn(server.url);
    await eventually(() => client.status === 'ready');
    await renew();
    await spoil(client);
    expect(await renew()).toBe('access-token-number-2');
    expect(warnings(app)).toEqual([storeFailed('lock', server, `${code} (SimpleError)`)]);
  });

  it('an app with a wrong password for Redis has tokens, and logs no password', async () => {
    const server = await redis(undefined, '--requirepass', PASSWORD);
    const wrong = `${PASSWORD}-wrong`;
    const { app, renew } = await appOn(server.url.replace('//', `//:${wrong}@`));
    expect(await renew()).toBe('access-token-number-1');
    expect(warnings(app)).toEqual([storeFailed('get', server, 'ENOTCONN (Error)')]);
    expect(app.log.lines.join('\n')).not.toContain(PASSWORD);
  });

  it('an app whose Redis loses all data makes one token request', async () => {
    const server = await redis();
    const { client, renew } = await appOn(server.url);
    await eventually(() => client.status === 'ready');
    await renew();
    await client.flushall();
    expect(await renew()).toBe('access-token-number-2');
    expect(await client.keys('*:tokens')).toHaveLength(1);
  });
});

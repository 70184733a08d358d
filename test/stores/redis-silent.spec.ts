import { randomBytes, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { acme } from '../support/acme.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { App } from '../support/nest-app.js';
import { redisClients } from '../support/redis-clients.mjs';
import { RedisServer } from '../support/redis-server.js';
import { RedisTokenStore } from '../../lib/stores/redis.js';

describe('an app whose connection to Redis dies without a word', () => {
  let server: RedisServer;

  beforeAll(async () => void (server = await RedisServer.start()));
  afterAll(() => server.stop());

  it.each(['ioredis', 'redis'] as const)(
    'an app whose connection to Redis dies silently has its store back within 5 s with the documented options for %s',
    async (kind) => {
      const vendor = await FakeVendor.start();
      const proxy = await FaultProxy.to(server.url);
      const { client, ready, end } = redisClients[kind](proxy.url);
      await ready;
      const store = new RedisTokenStore({
        client,
        encryptionKeys: [randomBytes(32)],
        prefix: randomUUID(),
      });
      const app = await App.start({ store, providers: [acme(vendor)] });
      const tokens = app.tokens('acme');
      const renew = async () => {
        tokens.invalidate();
        await tokens.getToken();
      };
      const lines = (text: string) => app.log.lines.filter((line) => line.includes(text)).length;
      await renew();
      proxy.silence();
      const begun = performance.now();
      while (lines('answers again') === 0 && performance.now() - begun < 20_000) {
        await renew();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(lines('failed')).toBeGreaterThan(0);
      expect(performance.now() - begun).toBeLessThan(5_000);
      end();
      await Promise.all([app.close(), proxy.close(), vendor.close()]);
    },
    30_000,
  );
});

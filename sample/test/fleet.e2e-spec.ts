import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { RedisServer } from '../../test/support/redis-server.js';
import { TartanServer } from '../src/vendors/tartan-server.js';
import { ZeepayServer } from '../src/vendors/zeepay-server.js';
import { SampleApp } from './sample-app.js';

describe('two instances over one Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
    const STORE_KEY = randomBytes(32).toString('base64');
    Object.assign(process.env, { REDIS_URL: redis.url, STORE_KEY });
  });
  afterAll(async () => {
    delete process.env.REDIS_URL;
    delete process.env.STORE_KEY;
    await redis.stop();
  });

  it('log in once, and renew once', async () => {
    const zeepay = await new ZeepayServer().listen();
    const tartan = await new TartanServer().listen();
    const instances = [
      await SampleApp.over(zeepay, tartan),
      await SampleApp.over(zeepay, tartan),
    ] as const;
    const callAll = async () =>
      (await Promise.all(instances.map((instance) => instance.getMany(20, '/payouts')))).flat();
    expect((await callAll()).map(({ status }) => status)).toEqual(Array(40).fill(200));
    expect(zeepay.stats).toMatchObject({ logins: 1, refreshes: 0 });
    zeepay.revoke();
    expect((await callAll()).map(({ status }) => status)).toEqual(Array(40).fill(200));
    expect(zeepay.stats).toMatchObject({ logins: 1, refreshes: 1 });
    for (const instance of instances) await instance.close().catch(() => {}); // the vendors are closed already
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { LOCK, RELEASE, SET } from '../../lib/stores/redis-scripts.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { Fleet } from '../support/member.js';

const LOSSES = [
  ['answer', LOCK],
  ['request', LOCK],
  ['answer', SET],
  ['request', SET],
  ['request', RELEASE],
  ['answer', RELEASE],
] as const;

describe('instances that have only a refresh token', () => {
  let fleet: Fleet;
  let proxy: FaultProxy;

  beforeEach(async () => {
    fleet = await Fleet.start();
    proxy = await FaultProxy.to(fleet.redis.url);
  });
  afterEach(async () => {
    await fleet.end();
    await proxy.close();
  });

  it.each(['ioredis', 'redis'] as const)(
    'instances are served within 5 s whatever request or response is lost between %s and Redis, and use no refresh token twice',
    async (client) => {
      const provider = fleet.refreshOnly;
      const one = await fleet.join({ client, redis: proxy.url, provider });
      const other = await fleet.join({ client, provider });
      await Promise.all([one.ask('token'), other.ask('token')]);
      for (const [loss, script] of LOSSES) {
        const lost = proxy.loses(loss, script.slice(-100));
        // It may take what the other has left, which sends nothing that could be lost.
        for (let isLost = false; !isLost;) {
          await one.ask('invalidate');
          const served = one.tokenWithin(5_000).then(() => false);
          isLost = await Promise.race([lost.then(() => true), served]);
        }
        // Both want a token of their own: what the first one has in memory is of no use to the other.
        await Promise.all([one, other].map((member) => member.ask('invalidate')));
        const tokens = await Promise.all([one, other].map((member) => member.tokenWithin(5_000)));
        expect([loss, script.slice(-100), tokens]).toEqual([
          loss,
          script.slice(-100),
          [expect.any(String), expect.any(String)],
        ]);
        expect(fleet.seen).toMatchObject({ logins: 0, reuses: 0 });
      }
    },
    120_000,
  );
});

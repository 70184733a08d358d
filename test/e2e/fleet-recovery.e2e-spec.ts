import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';

import { Fleet } from '../support/member.js';

describe('instances that have only a refresh token', () => {
  let fleet: Fleet;
  let admin: Redis;

  beforeEach(async () => {
    fleet = await Fleet.start();
    admin = new Redis(fleet.redis.url);
  });
  afterEach(async () => {
    admin.disconnect();
    await fleet.end();
  });

  it('instances wait for a new refresh token while Redis is too full to store it, and continue within 5 s', async () => {
    const provider = fleet.refreshOnly;
    const [one, other] = [await fleet.join({ provider }), await fleet.join({ provider })];
    await Promise.all([one.ask('token'), other.ask('token')]);
    fleet.onRefresh = () => admin.config('SET', 'maxmemory', '1');
    await one.ask('replace');
    expect(await other.codeOf('replace')).toMatch(/^(STORE_UNAVAILABLE|TOKEN_REQUEST_TIMEOUT)$/);
    // For longer than a lock lasts that is not held on to.
    expect(await other.tokenWithin(8_000)).toBeUndefined();
    await admin.config('SET', 'maxmemory', '0');
    expect(await other.tokenWithin(5_000)).toMatch(/^access-token-number-\d+$/);
    expect(fleet.seen.reuses).toBe(0);
  }, 60_000);

  it('instances are served within 5 s after the return of a Redis that hung for 15 s', async () => {
    const provider = fleet.refreshOnly;
    fleet.grants = { expires_in: 2 };
    const members = [
      await fleet.join({ provider }),
      await fleet.join({ client: 'redis', provider }),
    ];
    await Promise.all(members.map((member) => member.ask('token')));
    fleet.redis.signal('SIGSTOP');
    const errors = new Set<string>();
    for (const end = Date.now() + 15_000; Date.now() < end; await pause(100)) {
      for (const member of members) {
        const code = await member.codeOf('token');
        if (code !== undefined) errors.add(code);
      }
    }
    expect([...errors]).toEqual(['STORE_UNAVAILABLE']);
    fleet.redis.signal('SIGCONT');
    for (const token of await Promise.all(members.map((one) => one.tokenWithin(5_000)))) {
      expect(token).toMatch(/^access-token-number-\d+$/);
    }
    expect(fleet.seen.reuses).toBe(0);
  }, 60_000);

  it('instances are served within 5 s after a new refresh token is configured', async () => {
    const member = await fleet.join({
      provider: { grantType: 'refresh_token', refreshToken: 'long gone' },
    });
    expect(await member.tokenWithin(3_000)).toBeUndefined();
    await member.ask('configure', fleet.current);
    expect(await member.tokenWithin(5_000)).toMatch(/^access-token-number-\d+$/);
  }, 60_000);
});

import { randomBytes, randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { CompiledLib } from '../support/compiled-lib.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { Instance, type InstanceOptions } from '../support/instance.js';
import { RedisServer } from '../support/redis-server.js';

const INSTANCES = 8;

describe('instances of an app that share their tokens in Redis', () => {
  let library: CompiledLib;
  let redis: RedisServer;
  let vendor: FakeVendor;
  let options: InstanceOptions;
  let instances: Instance[];
  /** What the vendor has seen of its refresh tokens, each of which is good for one use. */
  let seen: { current: string; rotations: number; reuses: number; logins: number };

  beforeAll(async () => {
    library = new CompiledLib();
    redis = await RedisServer.start();
  });
  afterAll(async () => {
    library.remove();
    await redis.stop();
  });

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    instances = [];
    seen = { current: '', rotations: 0, reuses: 0, logins: 0 };
    vendor.onToken = ({ form }) => {
      if (form['grant_type'] !== 'refresh_token') seen.logins++;
      else if (form['refresh_token'] === seen.current) seen.rotations++;
      else {
        seen.reuses++; // and that is the end of the family
        seen.current = '';
        return { status: 400, body: { error: 'invalid_grant' } };
      }
      seen.current = randomUUID();
      return vendor.grant({ refresh_token: seen.current });
    };
    options = {
      library: library.url,
      vendor: vendor.url,
      redis: redis.url,
      prefix: randomUUID(),
      key: randomBytes(32).toString('base64'),
      deadline: 10_000,
    };
  });
  afterEach(() => Promise.all([...instances.map((one) => one.end()), vendor.close()]));

  const start = async (count: number, changes: Partial<InstanceOptions> = {}) => {
    const more = Array.from({ length: count }, () => Instance.start({ ...options, ...changes }));
    instances.push(...(await Promise.all(more)));
  };
  const startAt = async (mark: string, changes: Partial<InstanceOptions> = {}) => {
    const instance = await Instance.start({ ...options, ...changes }, mark);
    instances.push(instance);
    return instance;
  };

  it(`make one token request for ${INSTANCES} × 250 first callers`, async () => {
    await start(INSTANCES);
    const herds = await Promise.all(instances.map((one) => one.ask<string[]>('herd', 250)));
    expect(new Set(herds.flat()).size).toBe(1);
    expect(vendor.tokenRequests).toHaveLength(1);
  }, 60_000);

  it('spend each refresh token once, through a thousand rotations', async () => {
    await start(INSTANCES);
    while (seen.rotations < 1_000 && seen.reuses === 0) {
      await Promise.all(instances.map((one) => one.ask('renewFor', 1_000)));
    }
    expect(seen).toMatchObject({ reuses: 0, logins: 1 });
  }, 120_000);

  describe('of which one is killed', () => {
    it.each([
      ['before lock', 0, 0],
      ['after lock', 0, 0],
      ['before set', 1, 1],
      ['after set', 0, 0],
    ])(
      '%s: the others go on',
      async (mark, reuses, logins) => {
        await start(1, { deadline: 3_000 });
        const [other] = instances as [Instance];
        await other.ask('herd', 1);
        const killed = await startAt(mark, { deadline: 3_000 });
        // Its first token is that of the other; what it renews is what it is killed at.
        await killed.ask('herd', 1);
        const renewal = killed.ask('renew').catch(() => {});
        await killed.reaches(mark);
        killed.signal('SIGKILL');
        await renewal;
        let token: string | undefined;
        for (const end = Date.now() + 20_000; !token && Date.now() < end;) {
          token = await other.ask<string>('renew').catch(() => undefined);
        }
        expect(token).toMatch(/^access-token-number-\d+$/);
        expect([seen.reuses, seen.logins - 1]).toEqual([reuses, logins]);
      },
      60_000,
    );
  });

  it('of which one was frozen past the life of its lock never bring an old token back', async () => {
    await start(1, { deadline: 3_000 });
    const [other] = instances as [Instance];
    await other.ask('herd', 1);
    const frozen = await startAt('after lock', { deadline: 3_000 });
    await frozen.ask('herd', 1);
    const renewal = frozen.ask<string>('renew').catch(() => undefined);
    await frozen.reaches('after lock');
    frozen.signal('SIGSTOP');
    let token: string | undefined;
    for (const end = Date.now() + 20_000; !token && Date.now() < end;) {
      token = await other.ask<string>('renew').catch(() => undefined);
    }
    frozen.signal('SIGCONT');
    frozen.goOn();
    await renewal;
    expect(await other.ask('renew')).toMatch(/^access-token/);
    expect(seen.reuses).toBe(0);
  }, 60_000);
});

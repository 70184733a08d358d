import { randomBytes, randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { CompiledLib } from '../support/compiled-lib.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { Gate } from '../support/gate.js';
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
  const startAt = async (changes: Partial<InstanceOptions>, ...mark: string[]) => {
    const instance = await Instance.start({ ...options, ...changes }, ...mark);
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

  /** At a mark of its script, or while the vendor has its token request (see `asked`). */
  const MARKS = ['before lock', 'after lock', 'asked', 'before set', 'after set'] as const;

  /** The vendor keeps its next answer to itself until the gate is opened. */
  function asked(): Gate {
    const gate = new Gate();
    const answering = vendor.onToken;
    vendor.onToken = async (...request) => {
      vendor.onToken = answering;
      const answer = await answering(...request);
      await gate.pass();
      return answer;
    };
    return gate;
  }

  /** One instance that serves, and one that goes no further than the mark while it renews. */
  async function stopped(mark: (typeof MARKS)[number], ...freezes: string[]) {
    const few = { deadline: 3_000 };
    await start(1, few);
    const [other] = instances as [Instance];
    await other.ask('herd', 1);
    const one = await startAt(few, mark, ...freezes);
    await one.ask('herd', 1); // its first token is that of the other
    const gate = mark === 'asked' ? asked() : undefined;
    const renewal = one.ask<string>('replace').catch(() => undefined);
    await (gate ? gate.arrived() : one.reaches(mark));
    return { one, other, renewal, gate };
  }

  /** The next token of an instance, however often it must ask. */
  async function renewed(instance: Instance): Promise<string | undefined> {
    for (const end = Date.now() + 20_000; Date.now() < end;) {
      const token = await instance.ask<string>('renew').catch(() => undefined);
      if (token !== undefined) return token;
    }
    return undefined;
  }

  // What a vendor without a grace period sees of those who die after it has answered and before the successor
  // is in the store: the old refresh token once more, and a login.
  it.each(MARKS.map((mark) => [mark, mark === 'asked' || mark === 'before set' ? 1 : 0] as const))(
    'of which one is killed %s: the others go on',
    async (mark, lost) => {
      const { one, other, renewal } = await stopped(mark);
      one.signal('SIGKILL');
      await renewal;
      expect(await renewed(other)).toMatch(/^access-token-number-\d+$/);
      expect([seen.reuses, seen.logins - 1]).toEqual([lost, lost]);
    },
    60_000,
  );

  it.each(MARKS.map((mark) => [mark, mark === 'asked' || mark === 'before set' ? 1 : 0] as const))(
    'of which one is frozen past the life of its lock %s: no old token comes back',
    async (mark, lost) => {
      const { one, other, renewal, gate } = await stopped(mark, 'freezes');
      if (gate) one.signal('SIGSTOP'); // at its own marks it stops itself
      await one.isFrozen();
      const meanwhile = await renewed(other);
      gate?.open();
      one.signal('SIGCONT');
      await renewal;
      const after = [await renewed(one), await renewed(other)];
      for (const token of [meanwhile, ...after]) expect(token).toMatch(/^access-token-number-\d+$/);
      expect([seen.reuses, seen.logins - 1]).toEqual([lost, lost]);
    },
    60_000,
  );
});

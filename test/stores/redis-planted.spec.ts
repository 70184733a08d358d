import { randomBytes, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';

import { TokenSet } from '../../lib/core/token-set.js';
import type { TokenLock } from '../../lib/core/token-store.js';
import { RedisTokenStore } from '../../lib/stores/redis.js';
import { RedisServer } from '../support/redis-server.js';

const HOUR = 3_600_000;

/** Of the default deadline of a renewal. */
const TTL = 15_000;

const FAILURE = {
  details: {
    code: 'CREDENTIALS_REJECTED',
    provider: 'acme',
    stage: 'token request',
    reason: 'The token endpoint answered 401.',
    hint: 'Check the credentials.',
  },
  retryInMs: HOUR / 2,
} as const;

describe('whoever can write to Redis and has no key', () => {
  let server: RedisServer;
  let client: Redis;
  let account: string;
  let prefix: string;
  const key = randomBytes(32);

  beforeAll(async () => {
    server = await RedisServer.start();
    client = new Redis(server.url);
  });
  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });
  beforeEach(() => {
    account = randomUUID();
    prefix = randomUUID();
  });

  /** Another instance each time: nothing is in its memory. */
  const store = () => new RedisTokenStore({ client, encryptionKeys: [key], prefix });
  const tokens = () => new TokenSet({ accessToken: 'access', expiresAt: Date.now() + HOUR });

  async function locked(): Promise<TokenLock> {
    const lock = await store().lock(account, TTL);
    if (lock === 'held') throw new Error('held');
    return lock;
  }

  /** The name of one of the keys of the account. */
  async function nameOf(what: 'tokens' | 'lock' | 'trace' | 'failure'): Promise<string> {
    await (await locked()).release({ ...FAILURE, retryInMs: 60_000 });
    const [name = ''] = await client.keys(`{${prefix}:*}:failure`);
    await store().set(account, tokens(), undefined);
    await client.flushdb();
    return name.replace(/failure$/, what);
  }

  it.each<[string, (name: string) => Promise<unknown>]>([
    ['for 30,000 years', (name) => client.set(name, 'x', 'PX', 9e14)],
    ['for as long as one of ours', (name) => client.set(name, 'x', 'PX', TTL)],
    ['for ever', (name) => client.set(name, 'x')],
    ['that is a list', (name) => client.rpush(name, 'x').then(() => client.pexpire(name, TTL))],
    ['that is empty', (name) => client.set(name, '', 'PX', TTL)],
    ['that is long', (name) => client.set(name, 'x'.repeat(1e6), 'PX', TTL)],
    ['made to look like one', (name) => client.set(name, made(), 'PX', TTL)],
  ])('a planted lock does not lock out instances: one %s', async (_what, plant) => {
    await plant(await nameOf('lock'));
    expect(await locked()).toMatchObject({ wasAbandoned: false });
    expect(await store().lock(account, TTL)).toBe('held');
  });

  const made = () => `${randomUUID()}.${Date.now().toString(36)}.${'A'.repeat(43)}`;

  it('a copied lock of another account or an old lock does not lock out instances', async () => {
    const lock = await nameOf('lock');
    const others = randomUUID();
    await store().lock(others, TTL);
    const [name = ''] = await client.keys(`{${prefix}:*}:lock`);
    await client.copy(name, lock);
    await locked();
    // A clock that is an hour ahead, as if the lock had been kept for an hour.
    const later = { now: () => Date.now() + HOUR, monotonic: () => 0, after: () => () => {} };
    const options = { client, encryptionKeys: [key], prefix };
    expect(await store().lock(account, TTL)).toBe('held');
    expect(await new RedisTokenStore(options, later).lock(account, TTL)).not.toBe('held');
  });

  it.each([
    ['made up', () => `${made()}|`],
    ['long', () => `${'x'.repeat(400)}|${'y'.repeat(100)}`],
  ])('a planted trace that is %s does not make a lock look abandoned', async (_what, trace) => {
    await client.set(await nameOf('trace'), trace(), 'PX', HOUR);
    expect(await locked()).toMatchObject({ wasAbandoned: false });
    expect(await store().lock(account, TTL)).toBe('held');
  });

  it('a replayed failure does not count after newer tokens', async () => {
    const name = await nameOf('failure');
    await (await locked()).release(FAILURE);
    const kept = (await client.get(name))!;
    expect((await store().get(account)).failure).toBeDefined();
    const lock = await locked();
    await store().set(account, tokens(), undefined);
    await lock.release();
    await client.del(name.replace(/failure$/, 'tokens'));
    await client.set(name, kept, 'PX', HOUR);
    expect((await store().get(account)).failure).toBeUndefined();
  });

  it('a replayed failure does not count after a newer failure', async () => {
    const name = await nameOf('failure');
    await (await locked()).release(FAILURE);
    const kept = (await client.get(name))!;
    await (await locked()).release({ ...FAILURE, retryInMs: 1_000 });
    await client.set(name, kept, 'PX', HOUR);
    expect((await store().get(account)).failure).toBeUndefined();
  });

  it('a failure that is stored again does not last longer than at first', async () => {
    const name = await nameOf('failure');
    await (await locked()).release({ ...FAILURE, retryInMs: 30_000 });
    await client.pexpire(name, HOUR);
    expect((await store().get(account)).failure?.retryInMs).toBeLessThanOrEqual(30_000);
  });

  it.each(['tokens', 'failure', 'trace'] as const)(
    'planted %s of another type or of the largest size stop no instance',
    async (what) => {
      const name = await nameOf(what);
      for (const plant of [
        () => client.hset(name, 'field', 'value').then(() => client.pexpire(name, HOUR)),
        () => client.set(name, Buffer.alloc(50e6, 'v1.'), 'PX', HOUR),
      ]) {
        await client.flushdb();
        await plant();
        const begun = performance.now();
        expect((await store().get(account)).tokens).toBeUndefined();
        expect(performance.now() - begun).toBeLessThan(250);
        const lock = await locked();
        expect(await store().set(account, tokens(), undefined)).toBeDefined();
        await lock.release(FAILURE);
        const found = await store().get(account);
        expect([found.tokens?.accessToken, found.failure?.details.code]).toEqual([
          'access',
          'CREDENTIALS_REJECTED',
        ]);
      }
    },
  );
});

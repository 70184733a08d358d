import { randomBytes, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { createClient } from 'redis';

import type { TokenStore } from '../../lib/core/token-store.js';
import { MemoryTokenStore } from '../../lib/stores/memory.js';
import { RedisTokenStore } from '../../lib/stores/redis.js';
import { tokenStoreContract } from '../../lib/testing/token-store-contract.js';
import { RedisServer } from '../support/redis-server.js';

describe('the store in memory', () => {
  it.each(tokenStoreContract(() => new MemoryTokenStore()))('$name', ({ run }) => run());
});

describe('the store in Redis', () => {
  let server: RedisServer;
  let ioredis: Redis;
  let nodeRedis: ReturnType<typeof createClient>;
  const options = { encryptionKeys: [randomBytes(32)], prefix: randomUUID() };

  beforeAll(async () => {
    server = await RedisServer.start();
    ioredis = new Redis(server.url);
    nodeRedis = createClient({ url: server.url });
    await nodeRedis.connect();
  });
  afterAll(async () => {
    ioredis.disconnect();
    nodeRedis.destroy();
    await server.stop();
  });

  describe('with ioredis', () => {
    const create = () => new RedisTokenStore({ client: ioredis, ...options });
    it.each(tokenStoreContract(create))('$name', ({ run }) => run());
  });

  describe('with node-redis', () => {
    const create = () => new RedisTokenStore({ client: nodeRedis, ...options });
    it.each(tokenStoreContract(create))('$name', ({ run }) => run());
  });

  describe('without encryption', () => {
    const create = () =>
      new RedisTokenStore({
        client: ioredis,
        dangerouslyStorePlaintext: true,
        prefix: options.prefix,
      });
    it.each(tokenStoreContract(create))('$name', ({ run }) => run());
  });
});

describe('the contract of a store', () => {
  /** Each breaks one promise. */
  const broken: Readonly<Record<string, () => TokenStore>> = {
    'forgets at once': () => changed(() => ({ get: async () => ({}) })),
    'compares nothing': () =>
      changed((store) => ({
        set: async (key, tokens) => store.set(key, tokens, (await store.get(key)).version),
      })),
    'locks nothing': () => changed(() => ({ lock: async () => ({ release: async () => {} }) })),
    'never lets a lock go': () =>
      changed((store) => ({ lock: (key) => store.lock(key, 3_600_000) })),
    'mixes accounts up': () =>
      changed((store) => ({
        get: () => store.get('one'),
        set: (_key, tokens, replaces) => store.set('one', tokens, replaces),
      })),
    'keeps no failure': () =>
      changed((store) => ({
        lock: async (key, ttl) => {
          const lock = await store.lock(key, ttl);
          return lock === 'held' ? lock : { release: () => lock.release() };
        },
      })),
  };

  it.each(Object.entries(broken))('finds out one that %s', async (_what, create) => {
    const results = await Promise.allSettled(tokenStoreContract(create).map(({ run }) => run()));
    expect(results.map(({ status }) => status)).toContain('rejected');
  });
});

/** The store in memory with other methods. */
function changed(change: (store: TokenStore) => Partial<TokenStore>): TokenStore {
  const store = new MemoryTokenStore();
  return {
    get: (key) => store.get(key),
    set: (...args) => store.set(...args),
    lock: (...args) => store.lock(...args),
    ...change(store),
  };
}

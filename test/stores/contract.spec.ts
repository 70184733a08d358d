import { randomBytes, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { createClient } from 'redis';

import type { TokenStore } from '../../lib/core/token-store.js';
import { MemoryTokenStore } from '../../lib/stores/memory.js';
import { RedisTokenStore } from '../../lib/stores/redis.js';
import { tokenStoreContract } from '../../lib/testing/token-store-contract.js';
import { BROKEN, changed } from '../support/broken-stores.js';
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
  const casesOf = (create: () => TokenStore) =>
    new Map(tokenStoreContract(create).map(({ name, run }) => [name, run]));
  const broken = Object.entries(BROKEN).flatMap(([name, stores]) =>
    Object.entries(stores).map(([what, change]) => ({ name, what, change })),
  );

  it.each(broken)('the contract detects a store that $what: $name', async ({ name, change }) => {
    const run = casesOf(() => changed(change)).get(name)!;
    await expect(run()).rejects.toThrow();
  });

  it('each case of the contract fails for a broken store', () => {
    expect(Object.keys(BROKEN)).toEqual([...casesOf(() => changed(() => ({}))).keys()]);
  });
});

import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cluster, Redis } from 'ioredis';
import { createCluster, createSentinel } from 'redis';

import { TokenSet } from '../../lib/core/token-set.js';
import type { TokenStore } from '../../lib/core/token-store.js';
import { RedisTokenStore, type RedisClient } from '../../lib/stores/redis.js';
import { tokenStoreContract } from '../../lib/testing/token-store-contract.js';
import { MASTER_NAME, RedisCluster, RedisSentinel, until } from '../support/redis-topologies.js';

const HOUR = 3_600_000;
const START = 90_000;
const encryptionKeys = [randomBytes(32)];

const storeOn = (client: RedisClient, prefix: string) =>
  new RedisTokenStore({ client, encryptionKeys, prefix });
const tokens = (accessToken: string) =>
  new TokenSet({ accessToken, refreshToken: 'refresh', expiresAt: Date.now() + HOUR });

function contractHolds(clients: Readonly<Record<string, () => RedisClient>>): void {
  describe.each(Object.entries(clients))('with %s', (_name, client) => {
    const cases = tokenStoreContract(() => storeOn(client(), randomUUID()));
    it.each(cases)('$name', ({ run }) => run());
  });
}

describe('the store in a Redis Cluster', () => {
  let servers: RedisCluster;
  let ioredis: Cluster;
  let nodeRedis: ReturnType<typeof createCluster>;

  beforeAll(async () => {
    servers = await RedisCluster.start();
    ioredis = new Cluster(servers.addresses);
    const [first] = servers.addresses;
    nodeRedis = createCluster({ rootNodes: [{ url: `redis://${first!.host}:${first!.port}` }] });
    for (const client of [ioredis, nodeRedis]) client.on('error', () => {});
    await nodeRedis.connect();
  }, START);
  afterAll(async () => {
    try {
      ioredis?.disconnect();
      nodeRedis?.destroy();
    } finally {
      await servers?.stop();
    }
  });

  contractHolds({ ioredis: () => ioredis, 'node-redis': () => nodeRedis });

  it('a cluster spreads accounts over its nodes and keeps all keys of an account on one node', async () => {
    const prefix = randomUUID();
    const [one, other] = [storeOn(ioredis, prefix), storeOn(nodeRedis, prefix)];
    const accounts = Array.from({ length: 60 }, () => randomUUID());
    for (const account of accounts) {
      const version = await one.set(account, tokens(account), undefined);
      expect(await one.lock(account, HOUR)).not.toBe('held');
      expect(await other.get(account)).toMatchObject({ version });
      expect(await other.lock(account, HOUR)).toBe('held');
    }
    const names = await Promise.all(servers.nodes.map((node) => node.keys(`{${prefix}:*`)));
    const onEach = names.map((here) => new Set(here.map((name) => name.replace(/:\w+$/, ''))).size);
    expect(Math.min(...onEach)).toBeGreaterThan(0);
    expect(onEach.reduce((sum, here) => sum + here)).toBe(accounts.length);
  });

  it.each(['ioredis', 'node-redis'])(
    'a cluster finds an account that has moved to another node, with %s',
    async (name) => {
      const prefix = randomUUID();
      const store = storeOn(name === 'ioredis' ? ioredis : nodeRedis, prefix);
      const account = randomUUID();
      const first = await store.set(account, tokens('one'), undefined);
      const here = await Promise.all(servers.nodes.map((node) => node.keys(`{${prefix}:*`)));
      const at = here.findIndex((names) => names.length > 0);
      const [from, to] = [servers.nodes[at]!, servers.nodes[(at + 1) % here.length]!];
      await from.config('RESETSTAT');
      await servers.move(await from.cluster('KEYSLOT', here[at]![0]!), from, to);

      expect((await store.get(account)).version).toBe(first);
      const second = await store.set(account, tokens('two'), first);
      expect((await store.get(account)).version).toBe(second);
      expect(await store.lock(account, HOUR)).not.toBe('held');
      expect(await store.lock(account, HOUR)).toBe('held');
      expect(await from.info('errorstats')).toContain('errorstat_MOVED');
    },
  );
});

describe('the store in a Redis with Sentinel', () => {
  let servers: RedisSentinel;
  let ioredis: Redis;
  let nodeRedis: ReturnType<typeof createSentinel>;

  beforeAll(async () => {
    servers = await RedisSentinel.start();
    ioredis = new Redis({
      sentinels: servers.addresses,
      name: MASTER_NAME,
      sentinelRetryStrategy: () => 100,
      retryStrategy: () => 100,
    });
    const socket = { reconnectStrategy: 100 };
    nodeRedis = createSentinel({
      name: MASTER_NAME,
      sentinelRootNodes: servers.addresses,
      nodeClientOptions: { socket },
      sentinelClientOptions: { socket },
    });
    for (const client of [ioredis, nodeRedis]) client.on('error', () => {});
    await nodeRedis.connect();
  }, START);
  afterAll(async () => {
    try {
      ioredis?.disconnect();
      await nodeRedis?.destroy();
    } finally {
      await servers?.stop();
    }
  });

  contractHolds({ ioredis: () => ioredis, 'node-redis': () => nodeRedis });

  it(
    'a store with Sentinel works again after the master dies',
    async () => {
      const prefix = randomUUID();
      const [one, other] = [storeOn(ioredis, prefix), storeOn(nodeRedis, prefix)];
      const account = randomUUID();
      const first = await one.set(account, tokens('one'), undefined);
      await servers.killMaster();
      for (const store of [one, other]) await until(() => takesWrites(store));

      expect((await other.get(account)).version).toBe(first);
      const second = await other.set(account, tokens('two'), first);
      expect(await one.get(account)).toMatchObject({ version: second });
      const lock = await one.lock(account, HOUR);
      expect(await other.lock(account, HOUR)).toBe('held');
      if (lock === 'held') throw new Error('held');
      await lock.release();
      expect(await other.lock(account, HOUR)).not.toBe('held');
    },
    START,
  );

  /** Within a moment: clients differ in how long they try on their own. */
  async function takesWrites(store: TokenStore): Promise<boolean> {
    const write = store.set(randomUUID(), tokens('probe'), undefined).catch(() => undefined);
    return (await Promise.race([write, pause(500, undefined, { ref: false })])) !== undefined;
  }
});

import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Redis } from 'ioredis';

import { TokenSet } from '../../lib/core/token-set.js';
import { RedisTokenStore, type RedisTokenStoreOptions } from '../../lib/stores/redis.js';
import { RedisServer } from '../support/redis-server.js';

const HOUR = 3_600_000;
const SECRETS = ['access-kQ93vX7b2Tn', 'refresh-wZ5rLd8sPq1', 'user@example.com'];

describe('what the store has in Redis', () => {
  let server: RedisServer;
  let client: Redis;
  const [key, another] = [randomBytes(32), randomBytes(32)];

  beforeAll(async () => {
    server = await RedisServer.start();
    client = new Redis(server.url);
  });
  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });

  const storeOf = (options: Partial<RedisTokenStoreOptions> = {}) =>
    new RedisTokenStore({ client, encryptionKeys: [key], prefix, ...options });
  const prefix = randomUUID();
  const tokens = (changes = {}) => {
    const [accessToken, refreshToken] = SECRETS as [string, string];
    return new TokenSet({ accessToken, refreshToken, expiresAt: Date.now() + HOUR, ...changes });
  };
  const namesOf = (pattern: string) => client.keys(`*${pattern}*`);

  it('records and commands reveal nothing, and all records expire', async () => {
    const monitor = await monitorOf(server);
    const own = randomUUID();
    const store = storeOf({ prefix: own });
    const account = `account of ${SECRETS[2]}`;
    const lock = await store.lock(account, HOUR);
    await store.set(account, tokens(), undefined);
    await store.get(account);
    if (lock === 'held') throw new Error('held');
    const details = { code: 'THROTTLED', provider: SECRETS[2]!, stage: 'token request' } as const;
    await lock.release({ details: { ...details, reason: '', hint: '' }, retryInMs: HOUR });
    await store.lock(account, HOUR);
    const names = await namesOf(own);
    const shape = new RegExp(`^\\{${own}:[\\w-]{43}\\}:(tokens|lock|trace|failure)$`);
    expect(names).toHaveLength(4);
    for (const name of names) {
      expect(name).toMatch(shape);
      expect(await client.pttl(name)).toBeGreaterThan(0);
    }
    await client.ping('the end');
    const sent = await monitor.until('the end');
    const dump = JSON.stringify([names, await client.mget(names), sent]);
    for (const secret of SECRETS) {
      for (const form of [secret, Buffer.from(secret).toString('base64url').slice(0, -2)]) {
        expect(dump).not.toContain(form);
      }
    }
    expect(sent.match(/"eval"/g)!.length).toBeGreaterThan(4);
    monitor.close();
  });

  it('a record with a single changed bit is not read', async () => {
    const store = storeOf();
    const account = randomUUID();
    await store.set(account, tokens(), undefined);
    const name = await nameOf(store, account);
    const value = (await client.get(name))!;
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: value.length - 1 }), fc.nat({ max: 6 }), async (at, bit) => {
        const changed = Buffer.from(value, 'latin1');
        changed[at] = changed[at]! ^ (1 << bit);
        await client.set(name, changed, 'PX', HOUR);
        expect((await storeOf().get(account)).tokens).toBeUndefined();
      }),
      { numRuns: 300 },
    );
    for (let length = 0; length < value.length; length += 7) {
      await client.set(name, value.slice(0, length), 'PX', HOUR);
      expect((await storeOf().get(account)).tokens).toBeUndefined();
    }
    await client.set(name, value, 'PX', HOUR);
    expect((await storeOf().get(account)).tokens).toBeDefined();
  });

  it('a record that is copied to another account is not read', async () => {
    const store = storeOf();
    const [mine, yours] = [randomUUID(), randomUUID()];
    await store.set(mine, tokens(), undefined);
    await store.set(yours, tokens(), undefined);
    const [from, to] = [await nameOf(store, mine), await nameOf(store, yours)];
    await client.copy(from, to, 'REPLACE');
    const found = await store.get(yours);
    expect([found.tokens, typeof found.version]).toEqual([undefined, 'string']);
  });

  it('an old record that is put back is not read, and can be replaced', async () => {
    const store = storeOf();
    const account = randomUUID();
    const first = await store.set(account, tokens(), undefined);
    const name = await nameOf(store, account);
    const old = (await client.get(name))!;
    await store.set(account, tokens({ accessToken: 'second' }), first);
    await client.set(name, old, 'PX', HOUR);
    const found = await store.get(account);
    expect(found).toMatchObject({ isOutdated: true, version: first });
    expect(found.tokens).toBeUndefined();
    expect(await store.set(account, tokens({ accessToken: 'third' }), first)).toBeDefined();
    expect((await store.get(account)).tokens?.accessToken).toBe('third');
  });

  it.each<[string, (name: string) => Promise<unknown>]>([
    ['a list', (name) => client.lpush(name, 'junk')],
    ['a text', (name) => client.set(name, 'junk', 'PX', HOUR)],
    ['nothing but our format', (name) => client.set(name, 'v1.', 'PX', HOUR)],
  ])('a foreign value is replaced: %s', async (_what, spoil) => {
    const store = storeOf();
    const account = randomUUID();
    await store.set(account, tokens(), undefined);
    const name = await nameOf(store, account);
    await client.del(name);
    await spoil(name);
    expect(await store.get(account)).toEqual({ failure: undefined });
    expect(await store.set(account, tokens(), undefined)).toBeDefined();
    expect((await store.get(account)).tokens).toBeDefined();
  });

  it('a record or lock that never expires does not count', async () => {
    const store = storeOf();
    const account = randomUUID();
    await store.set(account, tokens(), undefined);
    const name = await nameOf(store, account);
    await client.persist(name);
    expect((await store.get(account)).tokens).toBeUndefined();
    await store.lock(account, HOUR);
    expect(await store.lock(account, HOUR)).toBe('held');
    await client.persist(name.replace(':tokens', ':lock'));
    expect(await store.lock(account, HOUR)).not.toBe('held');
  });

  it('a record of a later version of this package is not changed', async () => {
    const store = storeOf();
    const account = randomUUID();
    await store.set(account, tokens(), undefined);
    const name = await nameOf(store, account);
    await client.set(name, 'v2.7-later.key.value', 'PX', HOUR);
    expect(await store.get(account)).toMatchObject({ tokens: undefined, version: '7-later' });
    expect(await store.set(account, tokens(), '7-later')).toBeUndefined();
    expect(await client.get(name)).toBe('v2.7-later.key.value');
  });

  it('a record is read with an older key and written with the first key', async () => {
    const account = randomUUID();
    const both = storeOf({ encryptionKeys: [another, key], nameKey: key });
    const onlyNew = storeOf({ encryptionKeys: [another], nameKey: key });
    const version = await storeOf().set(account, tokens(), undefined);
    expect((await both.get(account)).tokens?.refreshToken).toBe(SECRETS[1]);
    expect(await onlyNew.get(account)).toMatchObject({ tokens: undefined, version });
    await both.set(account, tokens(), version);
    expect((await onlyNew.get(account)).tokens?.refreshToken).toBe(SECRETS[1]);
  });

  it('a record is not found with another `nameKey`', async () => {
    const account = randomUUID();
    await storeOf().set(account, tokens(), undefined);
    expect((await storeOf({ nameKey: another }).get(account)).version).toBeUndefined();
  });

  it('a planted plaintext record is not read', async () => {
    const account = randomUUID();
    const plain = new RedisTokenStore({ client, dangerouslyStorePlaintext: true, prefix });
    const store = storeOf();
    await store.set(account, tokens(), undefined);
    await plain.set(account, tokens({ accessToken: 'planted' }), undefined);
    const [planted] = await namesOf(account);
    await client.copy(planted!, await nameOf(store, account), 'REPLACE');
    expect((await storeOf().get(account)).tokens).toBeUndefined();
  });

  it('versions keep growing after Redis loses all data', async () => {
    const store = storeOf();
    const account = randomUUID();
    const first = await store.set(account, tokens(), undefined);
    await store.set(account, tokens(), first);
    await client.del(await nameOf(store, account));
    await store.set(account, tokens({ accessToken: 'after' }), undefined);
    expect((await store.get(account)).tokens?.accessToken).toBe('after');
  });

  /**
   * Everything that is sent to the server. On a plain connection: a client of ioredis that monitors takes
   * what it is told for the answer to a command of its own, should one be under way.
   */
  async function monitorOf({ url }: RedisServer) {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    let told = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => void (told += chunk));
    socket.write('MONITOR\r\n');
    const until = async (text: string) => {
      while (!told.includes(text)) await once(socket, 'data');
      return told;
    };
    await until('+OK');
    return { until, close: () => socket.destroy() };
  }

  /** The name of what was written for an account: the one that an HMAC leads to. */
  async function nameOf(store: RedisTokenStore, account: string): Promise<string> {
    const before = await store.get(account);
    for (const name of await client.keys(`{${prefix}:*}:tokens`)) {
      const value = await client.get(name);
      if (value?.includes(`.${before.version}.`)) return name;
    }
    throw new Error('not there');
  }
});

describe('a key of the store', () => {
  const client = { eval: () => Promise.resolve() };
  const good = randomBytes(32);

  it.each([
    good,
    new Uint8Array(good),
    good.toString('hex'),
    good.toString('base64'),
    good.toString('base64url'),
    `${good.toString('base64')}\n`,
  ])('a key may be 32 random bytes in any form', (key) => {
    expect(() => new RedisTokenStore({ client, encryptionKeys: [key] })).not.toThrow();
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['empty', ''],
    ['short', randomBytes(16)],
    ['a password', 'correct horse battery staple 1234'],
    ['a password of the right length', Buffer.from('passwordpasswordpasswordpassword')],
    ['zeros', Buffer.alloc(32)],
    ['hexadecimal digits of half the length', randomBytes(16).toString('hex')],
    ['base64 of too much', randomBytes(48).toString('base64')],
  ])('a key that is %s is refused and not quoted', (_what, key) => {
    const create = () =>
      new RedisTokenStore({ client, encryptionKeys: [good, key as string], nameKey: good });
    expect(create).toThrow(/`encryptionKeys\[1\]` is .*\. It must be 32 random bytes/);
    if (typeof key === 'string' && key !== '') expect(create).not.toThrow(key);
  });

  it.each<[string, object, string]>([
    ['no client', { client: undefined }, 'needs a `client`'],
    ['the URL of one', { client: 'redis://127.0.0.1' }, 'needs a `client`'],
    ['a prefix with braces', { prefix: '{app}' }, 'without braces'],
    ['a prefix that is no text', { prefix: 7 }, 'without braces'],
    ['a key that is in no array', { encryptionKeys: good }, 'needs an array'],
  ])('the store refuses %s', (_what, options, message) => {
    const all = { client, encryptionKeys: [good], ...options } as unknown;
    expect(() => new RedisTokenStore(all as RedisTokenStoreOptions)).toThrow(message);
  });

  it('the store requires an encryption key, and a `nameKey` if there are several', () => {
    expect(() => new RedisTokenStore({ client })).toThrow('needs `encryptionKeys`');
    expect(() => new RedisTokenStore({ client, encryptionKeys: [] })).toThrow('at least one');
    const two = [good, randomBytes(32)];
    expect(() => new RedisTokenStore({ client, encryptionKeys: two })).toThrow('needs a `nameKey`');
  });
});

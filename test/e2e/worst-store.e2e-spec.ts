import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';

import { SharedRecord } from '../../lib/sharing/shared-record.js';
import { SharedStore } from '../../lib/sharing/shared-store.js';
import { MemoryTokenStore, systemClock, TokenSet, type TokenStore } from '../../lib/index.js';
import { RedisTokenStore } from '../../lib/stores/redis.js';
import { expectQuick } from '../support/effort.js';
import { RedisServer } from '../support/redis-server.js';
import { BODIES, MEGABYTE, TEXTS } from '../support/worst.js';

const texts = Object.entries(TEXTS);
const tokens = { accessToken: 't', expiresAt: Date.now() + 3_600_000 };

function lookUp(store: TokenStore) {
  const account = new SharedRecord(new SharedStore(store, systemClock), 'key', () => {});
  return expectQuick('look-up', () => account.read());
}

describe('a megabyte in a shared store is read at once, and nothing is taken from it', () => {
  it.each(texts)(
    'a megabyte of %s in a shared store is read at once, and nothing is taken from it',
    async (_what, text) => {
      const details = { code: 'THROTTLED', provider: 'acme', stage: 'token request', hint: 'h' };
      for (const found of [
        { version: '1', tokens: { ...tokens, accessToken: text } },
        { version: '1', tokens: { ...tokens, refreshToken: text } },
        { version: '1', tokens: { ...tokens, scope: text } },
        { version: '1', tokens: { ...tokens, tokenType: text } },
        { version: text, failure: { details: { ...details, reason: text }, retryInMs: 1_000 } },
      ]) {
        const result = await lookUp({ get: async () => found } as unknown as TokenStore);
        expect(result).toMatchObject({ tokens: undefined, failure: undefined });
      }
    },
  );

  it('a token beside a megabyte in a shared store is taken at once', async () => {
    const extra = { text: 'x'.repeat(MEGABYTE), list: Array.from({ length: 100_000 }, () => ({})) };
    const store = new MemoryTokenStore();
    await store.set('key', new TokenSet({ ...tokens, extra }), undefined);
    const found = await lookUp(store);
    expect(found).toMatchObject({ tokens: { accessToken: 't', extra: {} } });
  });
});

describe('a megabyte in Redis is read at once', () => {
  let server: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    server = await RedisServer.start();
    client = new Redis(server.url);
  });
  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });

  /** A store with one token set in it, and where that is. */
  async function stored(encryptionKeys: [Buffer] | undefined) {
    await client.flushdb();
    const store = new RedisTokenStore({ client, encryptionKeys, dangerouslyStorePlaintext: true });
    await store.set('key', new TokenSet(tokens), undefined);
    const [name = ''] = await client.keys('*:tokens');
    return { store, name, version: (await store.get('key')).version! };
  }

  it.each(texts)('a megabyte of %s in Redis is read at once', async (_what, text) => {
    const { store, name, version } = await stored([randomBytes(32)]);
    const record = `v1.${version}.${text}`.slice(0, MEGABYTE / 4);
    await client.set(name, record, 'PX', 60_000);
    expect(await expectQuick('a record', () => store.get('key'))).toEqual({ version });
    await client.set(name, record + text + text, 'PX', 60_000);
    expect(await expectQuick('a longer one', () => store.get('key'))).toEqual({});
    expect(await store.set('key', new TokenSet(tokens), undefined)).toEqual(expect.any(String));
  });

  it.each(Object.entries(BODIES))(
    'a megabyte in Redis that is %s and not encrypted is read at once',
    async (_what, body) => {
      const { store, name, version } = await stored(undefined);
      const sealed = Buffer.from(body.slice(0, 430_000)).toString('base64url');
      await client.set(name, `v1.${version}.plain.${sealed}`, 'PX', 60_000);
      await expectQuick('a record', () => store.get('key'));
    },
  );
});

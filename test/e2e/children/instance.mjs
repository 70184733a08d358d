// One instance of an app whose tokens are in Redis. It does what its parent sends it: [method, ...parameters].
// Usage: node instance.mjs URL_OF_THE_LIBRARY URL_OF_THE_VENDOR URL_OF_REDIS PREFIX KEY DEADLINE [MARK [freezes]]
// At its mark, if it has one, it says so and goes no further, or stops itself until somebody wakes it (SIGCONT).
import 'reflect-metadata';

import { NestFactory } from '@nestjs/core';
import { Redis } from 'ioredis';

const [library, vendor, redis, prefix, key, deadline, mark, freezes] = process.argv.slice(2);
const { getTokenProviderToken, OAuth2ClientModule } = await import(library);
const { RedisTokenStore } = await import(new URL('stores/redis.js', library).href);

const client = new Redis(redis, { enableOfflineQueue: false });
await new Promise((resolve) => client.once('ready', resolve));
const inner = new RedisTokenStore({ client, encryptionKeys: [key], prefix });

let isThere = false;

/** Tells the parent where it is, the first time, and stays there. */
async function at(point) {
  if (point !== mark || isThere) return;
  isThere = true;
  await new Promise((resolve) => process.send({ at: point }, resolve));
  if (freezes) process.kill(process.pid, 'SIGSTOP');
  else await new Promise(() => {});
}

const store = {
  get: (...args) => inner.get(...args),
  async set(...args) {
    await at('before set');
    const version = await inner.set(...args);
    await at('after set');
    return version;
  },
  async lock(...args) {
    await at('before lock');
    const lock = await inner.lock(...args);
    if (lock === 'held') return lock;
    await at('after lock');
    return { release: (failure) => lock.release(failure) };
  },
};

const app = await NestFactory.createApplicationContext(
  OAuth2ClientModule.forRoot({
    store,
    providers: [
      {
        name: 'acme',
        tokenEndpoint: `${vendor}/token`,
        baseURL: vendor,
        clientId: 'id',
        clientSecret: 'secret',
        grantType: 'password',
        username: 'user',
        password: 'password',
        deadline: Number(deadline),
      },
    ],
  }),
  { logger: false },
);
const tokens = app.get(getTokenProviderToken('acme'));

const methods = {
  /** So many callers at once. */
  async herd(count) {
    const all = Array.from({ length: count }, () => tokens.getToken());
    return [...new Set((await Promise.all(all)).map(({ accessToken }) => accessToken))];
  },
  /** Renews again and again, for so many milliseconds. */
  async renewFor(ms) {
    const end = Date.now() + ms;
    while (Date.now() < end) {
      tokens.invalidate();
      await tokens.getToken().catch(() => {});
    }
  },
  /** The lock that it takes first is that of the renewal, while `invalidate` takes one, too. */
  async replace() {
    const { accessToken } = await tokens.renew(await tokens.getToken());
    return accessToken;
  },
  async renew() {
    tokens.invalidate();
    const { accessToken } = await tokens.getToken();
    return accessToken;
  },
  async end() {
    await app.close();
    client.disconnect();
    process.disconnect();
  },
};

async function answer([id, method, ...parameters]) {
  try {
    process.send?.({ id, result: await methods[method](...parameters) });
  } catch (error) {
    process.send?.({ id, error: error.code });
  }
}

process.on('message', (message) => {
  if (Array.isArray(message)) void answer(message);
});
process.send({ at: 'start' });

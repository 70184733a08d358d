// One member of a fleet whose tokens are in Redis. It does what its parent sends it: [id, method, ...parameters].
// Usage: node member.mjs JSON (see `MemberOptions` in test/support/member.ts).
import http from 'node:http';
import net from 'node:net';
import 'reflect-metadata';

import { NestFactory } from '@nestjs/core';

import { redisClients } from '../../support/redis-clients.mjs';

const { library, vendor, redis, client: kind, prefix, key, provider } = JSON.parse(process.argv[2]);
const { getTokenProviderToken, OAuth2ClientModule } = await import(library);
const { RedisTokenStore } = await import(new URL('stores/redis.js', library).href);

const { client, ready } = redisClients[kind](redis);
await ready;

/** Where it stops itself, once, until somebody wakes it (SIGCONT). */
let stopsAt;

/** The parent must have been told before the process stands still. */
async function at(point) {
  if (stopsAt !== point) return;
  stopsAt = undefined;
  await new Promise((resolve) => process.send({ at: point }, resolve));
  process.kill(process.pid, 'SIGSTOP');
}

class StoppingAgent extends http.Agent {
  createConnection(options, callback) {
    void at('connect').then(() => callback(null, net.connect(options)));
  }
}

let refreshToken = provider.refreshToken;

const app = await NestFactory.createApplicationContext(
  OAuth2ClientModule.forRoot({
    store: new RedisTokenStore({ client, encryptionKeys: [key], prefix }),
    providers: [
      {
        name: 'acme',
        tokenEndpoint: `${vendor}/token`,
        baseURL: vendor,
        clientId: 'id',
        clientSecret: 'secret',
        ...provider,
        ...(refreshToken && { refreshToken: () => refreshToken }),
        axios: {
          httpAgent: new StoppingAgent(),
          lookup: (_host, _options, callback) =>
            void at('lookup').then(() => callback(null, '127.0.0.1', 4)),
        },
      },
    ],
  }),
  { logger: false },
);
const tokens = app.get(getTokenProviderToken('acme'));

const methods = {
  async token() {
    return (await tokens.getToken()).accessToken;
  },
  async replace() {
    return (await tokens.renew(await tokens.getToken())).accessToken;
  },
  async invalidate() {
    tokens.invalidate();
  },
  async stopAt(point) {
    stopsAt = point;
  },
  async configure(token) {
    refreshToken = token;
  },
};

async function answer([id, method, ...parameters]) {
  try {
    process.send({ id, result: await methods[method](...parameters) });
  } catch (error) {
    process.send({ id, error: error.code ?? String(error) });
  }
}

process.on('message', (message) => void answer(message));
process.send({ at: 'start' });

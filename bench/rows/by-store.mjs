import { randomBytes } from 'node:crypto';

import { NestFactory } from '@nestjs/core';
import { AxiosHeaders, create } from 'axios';
import {
  getTokenProviderToken,
  MemoryTokenStore,
  OAuth2ClientModule,
  OAuth2HttpInterceptor,
} from 'nestjs-oauth2-client';
import { RedisTokenStore } from 'nestjs-oauth2-client/redis';

import { median } from '../calls.mjs';
import { realNow } from '../clock.mjs';
import { inTurn } from '../measure.mjs';

const BATCH = 1_000;
const SENT = Promise.resolve({ status: 200, headers: {}, data: undefined });

/** A Redis that never answers: with a fresh token in memory it is never asked. */
const client = { eval: () => new Promise(() => {}) };
const STORES = {
  none: () => undefined,
  memory: () => new MemoryTokenStore(),
  Redis: () => new RedisTokenStore({ client, encryptionKeys: [randomBytes(32)] }),
};

export default {
  title: 'the function alone by the store that tokens are shared in, ns',
  columns: Object.keys(STORES),
  only: 'nestjs-oauth2-client',
  async run({ access }) {
    const batches = {};
    for (const [name, storeOf] of Object.entries(STORES)) {
      const adapter = await adapterOf(storeOf(), access);
      batches[name] = async () => {
        const configs = Array.from({ length: BATCH }, () => ({
          url: '/orders',
          baseURL: 'https://api.example',
          method: 'get',
          headers: new AxiosHeaders({ Accept: 'application/json' }),
        }));
        const begun = realNow();
        for (const config of configs) adapter(config);
        batches[name].times.push(realNow() - begun);
        await Promise.resolve();
      };
      batches[name].times = [];
    }
    await inTurn(batches, { rounds: 150, warmUp: 0 });
    return Object.fromEntries(
      Object.entries(batches).map(([name, { times }]) => [
        name,
        Math.round((median(times.slice(50)) / BATCH) * 1e6),
      ]),
    );
  },
};

async function adapterOf(store, { tokenUrl, clientId, clientSecret }) {
  const vendor = { name: 'vendor', tokenEndpoint: tokenUrl, baseURL: 'https://api.example' };
  const app = await NestFactory.createApplicationContext(
    OAuth2ClientModule.forRoot({ store, providers: [{ ...vendor, clientId, clientSecret }] }),
    { logger: false },
  );
  await app.get(getTokenProviderToken('vendor')).getToken();
  const instance = create({ adapter: () => SENT });
  app.get(OAuth2HttpInterceptor).attach(instance, 'vendor');
  return instance.defaults.adapter;
}

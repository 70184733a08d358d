import { NestFactory } from '@nestjs/core';
import { AxiosHeaders, create } from 'axios';
import {
  getTokenProviderToken,
  OAuth2ClientModule,
  OAuth2Events,
  OAuth2HttpInterceptor,
} from 'nestjs-oauth2-client';

import { median } from '../calls.mjs';
import { realNow } from '../clock.mjs';
import { inTurn, ratio } from '../measure.mjs';

const BATCH = 1_000;
const SENT = Promise.resolve({ status: 200, headers: {}, data: undefined });

const LISTENERS = { nobody: undefined, 'nobody again': undefined, 'one listener': () => {} };

export default {
  title: 'the function alone by who listens to its events, ns',
  columns: ['nobody', 'one listener', 'one listener over nobody', 'nobody over itself'],
  only: 'nestjs-oauth2-client',
  async run({ access }) {
    const batches = {};
    for (const [name, listener] of Object.entries(LISTENERS)) {
      const adapter = await adapterOf(listener, access);
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
    const [nobody, again, one] = Object.values(batches).map(({ times }) => times.slice(50));
    const ns = (times) => Math.round((median(times) / BATCH) * 1e6);
    return {
      nobody: ns(nobody),
      'one listener': ns(one),
      'one listener over nobody': ratio(one, nobody),
      'nobody over itself': ratio(again, nobody),
    };
  },
};

async function adapterOf(listener, { tokenUrl, clientId, clientSecret }) {
  const vendor = { name: 'vendor', tokenEndpoint: tokenUrl, baseURL: 'https://api.example' };
  const app = await NestFactory.createApplicationContext(
    OAuth2ClientModule.forRoot({ providers: [{ ...vendor, clientId, clientSecret }] }),
    { logger: false },
  );
  await app.get(getTokenProviderToken('vendor')).getToken();
  if (listener) app.get(OAuth2Events).subscribe(listener);
  const instance = create({ adapter: () => SENT });
  app.get(OAuth2HttpInterceptor).attach(instance, 'vendor');
  return instance.defaults.adapter;
}

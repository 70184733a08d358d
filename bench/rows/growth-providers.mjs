import { AxiosHeaders, create } from 'axios';
import { OAuth2HttpInterceptor } from 'nestjs-oauth2-client';

import { median } from '../calls.mjs';
import { realNow } from '../clock.mjs';
import { appOf } from '../own-app.mjs';

const COUNTS = [1, 10, 100, 1_000];
const BATCH = 1_000;

export default {
  title: 'the function alone by the number of providers, ns',
  columns: COUNTS.map(String),
  only: 'nestjs-oauth2-client',
  async run({ access }) {
    const result = {};
    for (const count of COUNTS) {
      const { app, providerOf } = await appOf(count, access);
      await providerOf(count - 1).getToken();
      const instance = create({ adapter: () => SENT });
      app.get(OAuth2HttpInterceptor).attach(instance);
      const times = [];
      for (let round = 0; round < 150; round++) {
        const configs = Array.from({ length: BATCH }, () => ({
          url: `https://api-${count - 1}.example/orders`,
          method: 'get',
          headers: new AxiosHeaders({ Accept: 'application/json' }),
        }));
        const begun = realNow();
        for (const config of configs) instance.defaults.adapter(config);
        await Promise.resolve();
        if (round >= 50) times.push(realNow() - begun);
      }
      result[count] = Math.round((median(times) / BATCH) * 1e6);
    }
    return result;
  },
};

const SENT = Promise.resolve({ status: 200, headers: {}, data: undefined });

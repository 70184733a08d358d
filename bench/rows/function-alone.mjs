import { AxiosHeaders } from 'axios';

import { call, median } from '../calls.mjs';
import { allocated, inTurn } from '../measure.mjs';

const BATCH = 1_000;

export default {
  title: 'what is done to a request with a fresh token, alone',
  columns: ['ns', 'bytes allocated'],
  nodeOptions: ['--max-semi-space-size=512'],
  async run({ open, access }) {
    const client = await open();
    await call(client);
    if (!client.inject) return undefined;
    const config = () => ({
      url: '/orders',
      baseURL: access.apiUrl,
      method: 'get',
      headers: new AxiosHeaders({ Accept: 'application/json' }),
    });
    let configs;
    const made = () => (configs = Array.from({ length: BATCH }, config));
    const batch = (inject) => async () => {
      for (const one of configs) inject(one);
      await Promise.resolve(); // what it does in microtasks counts
    };
    const times = [];
    for (let round = 0; round < 200; round++) {
      made();
      const { it } = await inTurn({ it: batch(client.inject) }, { rounds: 1, warmUp: 0 });
      if (round >= 100) times.push(it[0]);
    }
    made();
    const bytes = await allocated(batch(client.inject));
    return {
      ns: Math.round((median(times) / BATCH) * 1e6),
      'bytes allocated': Math.round(bytes / BATCH),
    };
  },
};

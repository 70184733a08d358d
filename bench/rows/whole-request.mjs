import axios from 'axios';

import { call } from '../calls.mjs';
import { inTurn, ratio } from '../measure.mjs';

const BATCH = 200;

/** Sends nothing. */
const adapter = async (config) => ({
  status: 200,
  statusText: 'OK',
  headers: {},
  data: '',
  config,
});

export default {
  title: 'a whole request whose adapter sends nothing, over axios with a static header',
  columns: ['ratio (95 %)', 'axios over itself'],
  async run({ open, access }) {
    const client = await open();
    await call(client);
    if (!client.axios) return undefined;
    const headers = { Authorization: 'Bearer static' };
    const [plain, same] = [1, 2].map(() => axios.create({ baseURL: access.apiUrl, headers }));
    const batch = (instance) => async () => {
      for (let i = 0; i < BATCH; i++) await instance.get('/orders', { adapter });
    };
    const batches = { it: batch(client.axios), plain: batch(plain), same: batch(same) };
    const times = await inTurn(batches, { rounds: 100, warmUp: 30 });
    return {
      'ratio (95 %)': ratio(times.it, times.plain),
      'axios over itself': ratio(times.same, times.plain),
    };
  },
};

import axios from 'axios';

import { call, percentile, sequence } from '../calls.mjs';
import { inTurn, ratio } from '../measure.mjs';

const [BATCH, WIDTH] = [50, 64];

export default {
  title: 'requests to a server, over axios with a static header',
  columns: ['p50', 'p99', 'time at saturation', 'axios over itself at saturation'],
  async run({ open, contender, access }) {
    if (contender.secure) return undefined; // not the same work
    const client = await open();
    const first = await call(client);
    const { Authorization } = first.response.config?.headers ?? {};
    const headers = { Authorization: Authorization ?? `Bearer ${await tokenOf(access)}` };
    const [plain, same] = [1, 2].map(() => axios.create({ baseURL: access.apiUrl, headers }));
    const apps = { it: client, plain, same };
    const latencies = { it: [], plain: [], same: [] };
    const one = (name) => async () => {
      latencies[name].push(...(await sequence(apps[name], BATCH)).map(({ ms }) => ms));
    };
    await inTurn(mapped(apps, one), { rounds: 60, warmUp: 20 });
    const many = (name) => () =>
      Promise.all(Array.from({ length: WIDTH }, () => sequence(apps[name], BATCH / 10)));
    const times = await inTurn(mapped(apps, many), { rounds: 60, warmUp: 10 });
    const over = (share) =>
      (percentile(latencies.it, share) / percentile(latencies.plain, share)).toFixed(2);
    return {
      p50: over(0.5),
      p99: over(0.99),
      'time at saturation': ratio(times.it, times.plain),
      'axios over itself at saturation': ratio(times.same, times.plain),
    };
  },
};

function mapped(apps, make) {
  return Object.fromEntries(Object.keys(apps).map((name) => [name, make(name)]));
}

async function tokenOf({ tokenUrl, clientId: username, clientSecret: password }) {
  const grant = new URLSearchParams({ grant_type: 'client_credentials' });
  const { data } = await axios.post(tokenUrl, grant, { auth: { username, password } });
  return data.access_token;
}

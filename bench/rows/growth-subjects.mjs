import { median } from '../calls.mjs';
import { realNow } from '../clock.mjs';
import { appOf } from '../own-app.mjs';

const COUNTS = [1, 10, 100, 1_000, 10_000];
const BATCH = 1_000;

export default {
  title: 'the token of one of many accounts in memory, by their number, ns',
  columns: COUNTS.map(String),
  only: 'nestjs-oauth2-client',
  async run({ access }) {
    const { providerOf } = await appOf(1, access);
    const provider = providerOf(0);
    const result = {};
    for (const count of COUNTS) {
      const accounts = Array.from({ length: count }, (_, i) => ({ subject: `subject-${i}` }));
      for (let i = 0; i < count; i += 100) {
        await Promise.all(accounts.slice(i, i + 100).map((account) => provider.getToken(account)));
      }
      const times = [];
      for (let round = 0; round < 150; round++) {
        const begun = realNow();
        for (let i = 0; i < BATCH; i++) provider.peek(accounts[(i * 7_919) % count]);
        if (round >= 50) times.push(realNow() - begun);
      }
      result[count] = Math.round((median(times) / BATCH) * 1e6);
    }
    return result;
  },
};

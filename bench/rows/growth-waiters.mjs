import { realNow } from '../clock.mjs';
import { appOf } from '../own-app.mjs';

const COUNTS = [1, 10, 100, 1_000, 10_000, 100_000];

export default {
  title: 'callers that wait for one renewal by their number, µs each',
  columns: COUNTS.map(String),
  only: 'nestjs-oauth2-client',
  async run({ access }) {
    const { providerOf } = await appOf(1, access);
    const provider = providerOf(0);
    await provider.getToken();
    const result = {};
    for (const count of COUNTS) {
      provider.invalidate();
      const one = realNow();
      await provider.getToken();
      const alone = realNow() - one;
      provider.invalidate();
      const begun = realNow();
      await Promise.all(Array.from({ length: count }, () => provider.getToken()));
      // What one renewal takes is not theirs.
      const each = ((realNow() - begun - (count > 100 ? alone : 0)) / count) * 1_000;
      result[count] = Number(Math.max(0, each).toPrecision(2));
    }
    return result;
  },
};

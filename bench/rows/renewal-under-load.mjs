import { pause } from '../clock.mjs';
import { call, percentile } from '../calls.mjs';

const RATE_MS = 5;
/** Seconds before the end of the token at which the calls begin, and seconds that pass in one. */
const [BEGIN, SPEED] = [330, 200];
const CALLS = 360;

export default {
  title: '200 calls a second while the token comes to its end and its renewal takes 200 ms',
  columns: ['waited', 'p99 ms', 'token requests', 'served'],
  async run({ open, vendor, clock }) {
    const client = await open();
    for (let i = 0; i < 50; i++) await call(client); // connections are open and code is compiled
    const before = await vendor.counts();
    await vendor.set({ tokenDelay: 200 });
    clock.advance((3_600 - BEGIN) * 1_000);
    clock.run(SPEED);
    const calls = [];
    let expired = false;
    const end = clock.now() + BEGIN * 1_000;
    for (let i = 0; i < CALLS; i++) {
      if (!expired && clock.now() > end) {
        expired = true;
        await vendor.expireFirst();
      }
      calls.push(call(client));
      await pause(RATE_MS);
    }
    const results = await Promise.all(calls);
    const times = results.map(({ ms }) => ms);
    return {
      waited: times.filter((ms) => ms > 100).length,
      'p99 ms': percentile(times, 0.99),
      'token requests': (await vendor.counts()).token - before.token,
      served: results.filter(({ ok }) => ok).length,
    };
  },
};

import { pause } from '../clock.mjs';
import { call, sequence } from '../calls.mjs';

const CALLS = 50;

export default {
  title: `${CALLS} calls in the last 100 seconds of a token whose renewal fails`,
  columns: ['served', 'token requests', 'unhandled rejections'],
  async run({ open, vendor, clock }) {
    let unhandled = 0;
    process.on('unhandledRejection', () => unhandled++);
    const client = await open();
    await call(client);
    const before = await vendor.counts();
    await vendor.set({ tokenEndpoint: { status: 500 } });
    clock.advance(3_500_000);
    const calls = await sequence(client, CALLS);
    await pause(500);
    return {
      served: calls.filter(({ ok }) => ok).length,
      'token requests': (await vendor.counts()).token - before.token,
      'unhandled rejections': unhandled,
    };
  },
};

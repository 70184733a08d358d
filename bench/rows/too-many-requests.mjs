import { call, sequence } from '../calls.mjs';

const CALLS = 50;

export default {
  title: `429 with \`Retry-After: 60\` to ${CALLS} calls within a minute`,
  columns: ['token requests', 'served when it is over'],
  async run({ open, vendor, clock }) {
    await vendor.set({ tokenEndpoint: { status: 429, headers: { 'retry-after': '60' } } });
    const client = await open();
    for (let i = 0; i < CALLS; i++) {
      await call(client);
      clock.advance(1_000);
    }
    const { token } = await vendor.counts();
    await vendor.set({ tokenEndpoint: 'token' });
    clock.advance(20_000);
    const [{ ok }] = await sequence(client, 1);
    return { 'token requests': token, 'served when it is over': ok };
  },
};

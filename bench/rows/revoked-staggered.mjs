import { call, herd } from '../calls.mjs';

const CALLERS = 100;

export default {
  title: `${CALLERS} calls with a revoked token whose 401s come one after the other`,
  columns: ['token requests', 'served'],
  async run({ open, vendor }) {
    const client = await open();
    await call(client);
    const before = await vendor.counts();
    await vendor.revokeAll();
    await vendor.set({ rejectionDelay: [17, 1_000], tokenDelay: 20 });
    const served = await herd(client, CALLERS);
    return { 'token requests': (await vendor.counts()).token - before.token, served };
  },
};

import { call, herd } from '../calls.mjs';

const CALLERS = 1_000;

export default {
  title: `${CALLERS} calls at once with a revoked token`,
  columns: ['token requests', 'served'],
  async run({ open, vendor }) {
    const client = await open();
    await call(client);
    const before = await vendor.counts();
    await vendor.revokeAll();
    const served = await herd(client, CALLERS);
    return { 'token requests': (await vendor.counts()).token - before.token, served };
  },
};

import { call, herd } from '../calls.mjs';

const CALLERS = 10_000;

export default {
  title: `${CALLERS} calls at once with an expired token`,
  columns: ['token requests', 'served'],
  async run({ open, vendor, clock }) {
    const client = await open();
    await call(client);
    const before = await vendor.counts();
    clock.advance(7_200_000);
    await vendor.revokeAll();
    const served = await herd(client, CALLERS);
    return { 'token requests': (await vendor.counts()).token - before.token, served };
  },
};

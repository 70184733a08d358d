import { herd } from '../calls.mjs';

const CALLERS = 10_000;

export default {
  title: `${CALLERS} first calls at once`,
  columns: ['token requests', 'served'],
  async run({ open, vendor }) {
    const client = await open();
    const served = await herd(client, CALLERS);
    return { 'token requests': (await vendor.counts()).token, served };
  },
};

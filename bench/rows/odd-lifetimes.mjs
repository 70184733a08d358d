import { sequence } from '../calls.mjs';

const LIFETIMES = ['3600', 3600.5, 31_536_000, null, 0, -1];
const CALLS = 50;

export default {
  title: `token requests for ${CALLS} calls by what \`expires_in\` says`,
  columns: LIFETIMES.map((said) => JSON.stringify(said) ?? 'absent'),
  async run({ open, vendor }) {
    const result = {};
    for (const [i, expiresIn] of LIFETIMES.entries()) {
      await vendor.reset();
      await vendor.set({ expiresIn });
      const client = await open();
      await sequence(client, CALLS);
      result[this.columns[i]] = (await vendor.counts()).token;
    }
    return result;
  },
};

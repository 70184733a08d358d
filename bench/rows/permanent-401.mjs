import { sequence } from '../calls.mjs';

const CALLS = 20;

export default {
  title: `an API that rejects every token, ${CALLS} calls one after the other`,
  columns: ['token requests', 'API requests'],
  async run({ open, vendor }) {
    await vendor.set({ apiAccepts: false });
    await sequence(await open(), CALLS);
    const { token, api } = await vendor.counts();
    return { 'token requests': token, 'API requests': api };
  },
};

import { pause } from '../clock.mjs';
import { call } from '../calls.mjs';

export default {
  title: 'a token that lives a year, with a refresh token: 1.5 s after one call',
  columns: ['token requests'],
  async run({ open, renewable: grant, vendor }) {
    await vendor.set({ expiresIn: 31_536_000 });
    const client = await open({ grant });
    await call(client);
    await pause(1_500);
    return { 'token requests': (await vendor.counts()).token };
  },
};

import { pause } from '../clock.mjs';
import { call } from '../calls.mjs';

export default {
  title: 'a token that lives a year, with a refresh token: 1.5 s after one call',
  columns: ['token requests'],
  async run({ open, contender, vendor }) {
    await vendor.set({ expiresIn: 31_536_000 });
    const client = await open({ grant: withRefreshToken(contender) });
    await call(client);
    await pause(1_500);
    return { 'token requests': (await vendor.counts()).token };
  },
};

function withRefreshToken({ grants }) {
  return grants.includes('password') ? 'password' : grants[0];
}

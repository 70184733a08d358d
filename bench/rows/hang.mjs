import { pause } from '../clock.mjs';
import { call } from '../calls.mjs';

const LIMIT = 12;

export default {
  title: 'the token endpoint takes the request and never answers',
  columns: ['seconds until the call fails', 'next call served'],
  async run({ open, vendor }) {
    await vendor.set({ tokenEndpoint: 'hang' });
    const client = await open();
    const first = await Promise.race([call(client), pause(LIMIT * 1_000)]);
    await vendor.set({ tokenEndpoint: 'token' });
    await pause(2_000);
    const next = await Promise.race([call(client), pause(2_000)]);
    return {
      'seconds until the call fails': first ? first.ms / 1_000 : `more than ${LIMIT}`,
      'next call served': next?.ok === true,
    };
  },
};

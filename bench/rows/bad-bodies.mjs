import { call } from '../calls.mjs';

const BODIES = [
  '<html>',
  '',
  'null',
  {},
  { access_token: null },
  { access_token: '' },
  { error: 'x' },
];

export default {
  title: `${BODIES.length} answers with 200 that hold no token, then a good one`,
  columns: ['calls sent without a token', 'recovers'],
  async run({ open, vendor, clock }) {
    let recovered = 0;
    for (const body of BODIES) {
      await vendor.set({ tokenEndpoint: { body } });
      const client = await open();
      await call(client);
      await vendor.set({ tokenEndpoint: 'token' });
      clock.advance(60_000);
      if ((await call(client)).ok) recovered++;
    }
    const { credentials } = await vendor.counts();
    const nonsense = credentials.filter((value) => !value.startsWith('Bearer access-'));
    return {
      'calls sent without a token': nonsense.join(', ') || 'none',
      recovers: `${recovered} of ${BODIES.length}`,
    };
  },
};

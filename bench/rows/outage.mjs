import { call, median, sequence } from '../calls.mjs';

const CALLS = 50;

export default {
  title: `the token endpoint answers 500 to ${CALLS} calls, one after the other`,
  columns: ['token requests', 'ms per failed call after the first', 'seconds to recover'],
  async run({ open, vendor, clock }) {
    await vendor.set({ tokenEndpoint: { status: 500 } });
    const client = await open();
    const [, ...later] = await sequence(client, CALLS);
    const { token } = await vendor.counts();
    await vendor.set({ tokenEndpoint: 'token' });
    let seconds = 0;
    while (!(await call(client)).ok && seconds < 120) {
      clock.advance(1_000);
      seconds++;
    }
    return {
      'token requests': token,
      'ms per failed call after the first': median(later.map(({ ms }) => ms)),
      'seconds to recover': seconds < 120 ? seconds : 'never',
    };
  },
};

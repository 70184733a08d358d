import { call, herd } from '../calls.mjs';

const [ROUNDS, CALLERS] = [5, 100];

export default {
  title: `refresh tokens that are good for one renewal: ${ROUNDS} expiries, ${CALLERS} calls at each`,
  columns: ['token requests', 'spent ones sent again', 'served'],
  async run({ open, contender, vendor, clock }) {
    await vendor.set({ rotates: true });
    const grant = contender.grants.find((name) => name !== 'client_credentials');
    if (!grant) return undefined;
    const client = await open({ grant });
    await call(client);
    const before = await vendor.counts();
    let served = 0;
    for (let round = 0; round < ROUNDS; round++) {
      clock.advance(7_200_000);
      await vendor.revokeAll();
      served += await herd(client, CALLERS);
    }
    const { token, reused } = await vendor.counts();
    return { 'token requests': token - before.token, 'spent ones sent again': reused, served };
  },
};

import { call } from '../calls.mjs';

export default {
  title: 'whether a process whose work is done ends by itself',
  columns: ['ends'],
  ends: true,
  async run({ open, contender }) {
    const grant = contender.grants.includes('password') ? 'password' : contender.grants[0];
    return { served: (await call(await open({ grant }))).ok };
  },
};

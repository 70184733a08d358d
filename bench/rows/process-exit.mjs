import { call } from '../calls.mjs';

export default {
  title: 'whether a process whose work is done ends by itself',
  columns: ['ends'],
  ends: true,
  async run({ open, renewable: grant }) {
    return { served: (await call(await open({ grant }))).ok };
  },
};

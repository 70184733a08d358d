import { held } from '../measure.mjs';

const COUNT = 100_000;

export default {
  title: `memory of ${COUNT} tokens, each of another account`,
  columns: ['bytes per token', 'without its strings', 'timers'],
  async run({ open }) {
    const client = await open();
    if (!client.hold) return undefined;
    const begun = process.getActiveResourcesInfo().length;
    const hold = (count) => client.hold(Array.from({ length: count }, (_, i) => nameOf(i)));
    const first = await hold(COUNT / 10); // what the first use of code takes is no token
    const { bytes, result: tokenOf } = await held(() => hold(COUNT));
    first(nameOf(0), 0); // held until here
    let strings = 0;
    for (let i = 0; i < COUNT; i++) {
      strings += sizeOf(nameOf(i)) + sizeOf(tokenOf(nameOf(i), i));
    }
    return {
      'bytes per token': Math.round(bytes / COUNT),
      'without its strings': Math.round((bytes - strings) / COUNT),
      timers: process.getActiveResourcesInfo().length - begun,
    };
  },
};

/** Short enough for V8 to keep it in one piece. */
function nameOf(i) {
  return `subject${i}`;
}

/** Of a string in one-byte characters: what V8 takes for it. */
function sizeOf(text) {
  return 16 + Math.ceil(text.length / 8) * 8;
}

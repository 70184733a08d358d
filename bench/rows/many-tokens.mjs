import { held } from '../measure.mjs';

const COUNT = 100_000;

export default {
  title: `memory of ${COUNT} tokens, each of another account`,
  columns: ['bytes per token', 'without its strings', 'timers'],
  async run({ open }) {
    const client = await open();
    if (!client.hold) return undefined;
    const begun = process.getActiveResourcesInfo().length;
    const subjects = Array.from({ length: COUNT }, (_, i) => `subject-${i}`);
    await client.hold(subjects.slice(0, 10));
    const { bytes, result } = await held(() => client.hold(subjects));
    const strings = result.reduce((sum, text) => sum + sizeOf(text), 0) / COUNT;
    return {
      'bytes per token': Math.round(bytes / COUNT),
      'without its strings': Math.round(bytes / COUNT - strings),
      timers: process.getActiveResourcesInfo().length - begun,
    };
  },
};

/** Of a string in one-byte characters: what V8 takes for it. */
function sizeOf(text) {
  return 16 + Math.ceil(text.length / 8) * 8;
}

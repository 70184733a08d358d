import { realNow } from './clock.mjs';
import { median, percentile } from './calls.mjs';

/** Batches of alternatives in turn, so that whatever slows the machine slows them all alike. */
export async function inTurn(batches, { rounds, warmUp }) {
  const names = Object.keys(batches);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -warmUp; round < rounds; round++) {
    const shift = Math.abs(round) % names.length;
    for (const name of [...names.slice(shift), ...names.slice(0, shift)]) {
      const begun = realNow();
      await batches[name]();
      if (round >= 0) times[name].push(realNow() - begun);
    }
  }
  return times;
}

/** The median of the ratios of paired times, and where 95 % of its resamples lie. */
export function ratio(times, base) {
  const ratios = times.map((time, i) => time / base[i]);
  const medians = Array.from({ length: 1_000 }, () =>
    median(ratios.map(() => ratios[Math.floor(Math.random() * ratios.length)])),
  );
  const [low, high] = [percentile(medians, 0.025), percentile(medians, 0.975)];
  return `${median(ratios).toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

/** Bytes that `work` allocates, as long as no collection comes between. */
export async function allocated(work) {
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  await work();
  return process.memoryUsage().heapUsed - before;
}

/** Bytes that are still held after a collection. */
export async function held(work) {
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const result = await work();
  globalThis.gc();
  return { bytes: process.memoryUsage().heapUsed - before, result };
}

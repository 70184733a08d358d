import { realNow } from './clock.mjs';

/** `count` requests at once: how many were answered with 200. */
export async function herd(client, count, path = '/orders') {
  const calls = Array.from({ length: count }, () => call(client, path));
  return (await Promise.all(calls)).filter(({ ok }) => ok).length;
}

/** One request: whether it was answered with 200, what it failed with, and how long it took. */
export async function call(client, path = '/orders') {
  const begun = realNow();
  try {
    const response = await client.get(path);
    return { ok: response.status === 200, response, ms: realNow() - begun };
  } catch (error) {
    return { ok: false, error, ms: realNow() - begun };
  }
}

/** Requests one after the other. */
export async function sequence(client, count, path = '/orders') {
  const calls = [];
  for (let i = 0; i < count; i++) calls.push(await call(client, path));
  return calls;
}

export function median(numbers) {
  return percentile(numbers, 0.5);
}

export function percentile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

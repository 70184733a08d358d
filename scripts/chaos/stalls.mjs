// A loaded machine stops a process for a moment, which looks like a fault and is one: it belongs into the history.
import { setPriority } from 'node:os';

/** Milliseconds between two looks, and how late one may be. */
const LOOK = { every: 50, late: 200 };

/** Writes a line for each moment in which this process stood still, also where a fault has frozen it. */
export function watchStalls(write) {
  let last = performance.now();
  return setInterval(() => {
    const now = performance.now();
    const ms = Math.round(now - last - LOOK.every);
    last = now;
    if (ms > LOOK.late) write({ e: 'stall', ms });
  }, LOOK.every);
}

/** Writes a line for each moment in which Redis did not answer, for whatever reason. */
export function watchRedis(redis, write) {
  const look = async () => {
    const begun = performance.now();
    const answered = await redis.send('PING').then(
      () => true,
      () => false, // it is down: a fault says so
    );
    const ms = Math.round(performance.now() - begun);
    if (answered && ms > LOOK.late) write({ by: 'redis', e: 'stall', ms });
  };
  return setInterval(() => void look(), LOOK.every);
}

/** Goes before other work on the machine, where that is allowed: children inherit it. */
export function preferThisProcess() {
  try {
    setPriority(-10);
  } catch {
    // Only root may: then there are more stalls.
  }
}

/** A megabyte of ordinary JSON. */
const TYPICAL = JSON.stringify(
  Array.from({ length: 17_600 }, (_, id) => ({ id, name: 'Ama Mensah', tags: [1, 2], ok: true })),
);

/** How many times as long as to parse that any work may block the event loop for. */
const MOST = 20;

/**
 * Milliseconds that work takes, at the most. The time of the clock counts what other processes take on a busy
 * machine, and that of the processor what other threads of this process do: the smaller one is closer.
 */
class Stopwatch {
  #clock = performance.now();
  #processor = process.cpuUsage();

  /** Since the last lap. */
  lap(): number {
    const { user, system } = process.cpuUsage(this.#processor);
    const time = Math.min(performance.now() - this.#clock, (user + system) / 1_000);
    this.#clock = performance.now();
    this.#processor = process.cpuUsage();
    return time;
  }
}

/** The median of several times that `JSON.parse` takes. */
function parsing(): number {
  const times = Array.from({ length: 5 }, () => {
    const watch = new Stopwatch();
    JSON.parse(TYPICAL);
    return watch.lap();
  });
  return times.toSorted((a, b) => a - b)[2]!;
}

/** The longest of the times that a piece of work blocks the event loop for, in milliseconds. */
async function blockedBy(work: () => unknown): Promise<number> {
  const watch = new Stopwatch();
  const state = { isOver: false };
  const end = () => void (state.isOver = true);
  void Promise.resolve(work()).then(end, end);
  let longest = watch.lap();
  while (!state.isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    longest = Math.max(longest, watch.lap());
  }
  return longest;
}

let least = Infinity;

/** In units of what it takes to parse a megabyte. The machine is measured again only where that could matter. */
async function effortOf(work: () => unknown): Promise<number> {
  if (least === Infinity) least = parsing();
  const blocked = await blockedBy(work);
  if (blocked < MOST * least) return blocked / least;
  const now = parsing();
  least = Math.min(least, now);
  return blocked / now;
}

/**
 * Expects that work does not block the event loop for long. Once of eight times is enough: a
 * collection of garbage, or a busy machine, may come between.
 *
 * @returns the result of the work, or the error that it ends with
 */
export async function expectQuick<T>(what: string, work: () => T): Promise<Awaited<T> | Error> {
  let result: Awaited<T> | Error | undefined;
  const settled = async () => {
    try {
      result = await work();
    } catch (error) {
      result = error as Error;
    }
  };
  let best = Infinity;
  for (let run = 0; run < 8 && best >= MOST; run++) best = Math.min(best, await effortOf(settled));
  if (best >= MOST) {
    throw new Error(`${what} takes as long as ${best.toFixed(1)} times JSON.parse of a megabyte`);
  }
  return result!;
}

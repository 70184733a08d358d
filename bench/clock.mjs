// Imported before anything else: contenders find a clock that a row can move, on every way that Node
// has to ask for it. Timers of more than a minute follow it; shorter ones guard what really happens.
const RealDate = Date;
const performanceNow = performance.now.bind(performance);
const realHrtime = process.hrtime.bigint.bind(process.hrtime);
const realSetTimeout = setTimeout;
const realClearTimeout = clearTimeout;

const SHORT = 60_000;

let ahead = 0;
let begun = 0;
let speed = 1;
const timers = new Map();

/** Milliseconds of real time. */
export const realNow = performanceNow;

/** Waits in real time. */
export const pause = (ms) => new Promise((resolve) => realSetTimeout(resolve, ms));

function shift() {
  return ahead + (speed === 1 ? 0 : (performanceNow() - begun) * (speed - 1));
}

export const clock = {
  /** Milliseconds since the epoch, as contenders see it. */
  now: () => RealDate.now() + shift(),
  advance(ms) {
    ahead += ms;
    fireDue();
  },
  /** From now on, so many milliseconds pass in one. */
  run(times) {
    ahead = shift();
    begun = performanceNow();
    speed = times;
    if (times !== 1) keepFiring();
  },
};

function keepFiring() {
  fireDue();
  if (speed !== 1) realSetTimeout(keepFiring, 5).unref();
}

function fireDue() {
  for (const [timer, { at, run }] of timers) {
    if (at > clock.now()) continue;
    clearTimeout(timer);
    run();
  }
}

globalThis.Date = class Date extends RealDate {
  constructor(...parts) {
    super(...(parts.length > 0 ? parts : [clock.now()]));
  }

  static now() {
    return Math.floor(clock.now());
  }
};
performance.now = () => performanceNow() + shift();
process.hrtime.bigint = () => realHrtime() + BigInt(Math.round(shift() * 1e6));
globalThis.setTimeout = Object.assign((run, ms = 1, ...parameters) => {
  const timer = realSetTimeout(() => {
    timers.delete(timer);
    run(...parameters);
  }, ms);
  if (ms > SHORT) timers.set(timer, { at: clock.now() + ms, run: () => run(...parameters) });
  return timer;
}, realSetTimeout);
globalThis.clearTimeout = (timer) => {
  timers.delete(timer);
  realClearTimeout(timer);
};

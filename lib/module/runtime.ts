import { systemClock, type Clock } from '../util/clock.js';

/** What the module takes from the machine. */
export interface OAuth2Runtime {
  readonly clock: Clock;
  /** A number from 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}

export const systemRuntime: OAuth2Runtime = { clock: systemClock, random: () => Math.random() };

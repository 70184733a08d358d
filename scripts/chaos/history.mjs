// Reads a history: an array of lines in the order of their time `t`, each with who wrote it (`by`) and what it
// tells (`e`). The rules of check.mjs ask it.
import { ACCOUNTS } from './settings.mjs';

export class History {
  /** Faults with the time of their end. */
  faults;
  /** Calls with their start and end; a call that has no end has `end: undefined`. */
  calls;
  /** What the token endpoint was asked. */
  tokenRequests;
  /** What the API was asked. */
  apiRequests;
  calms;

  constructor(lines) {
    this.lines = lines;
    const ends = new Map(this.#all('end').map((line) => [line.id, line]));
    const overs = new Map(this.#all('over').map((line) => [line.n, line.t]));
    this.calls = this.#all('call').map((start) => ({ start, end: ends.get(start.id) }));
    this.faults = this.#all('fault').map((line) => ({
      ...line,
      over: overs.get(line.n) ?? line.t,
    }));
    this.stalls = this.#all('stall').map((line) => ({ ...line, from: line.t - line.ms }));
    this.tokenRequests = this.#all('token');
    this.apiRequests = this.#all('api');
    this.calms = this.#all('calm');
    this.stored = this.#all('store');
    this.configured = this.#all('configured');
    this.ready = new Map(this.#all('ready').map((line) => [line.by, line.t]));
  }

  /** Faults that overlap a span of time. */
  faultsIn(from, until) {
    return this.faults.filter(({ t, over }) => t <= until && over >= from);
  }

  /** When a process has ended, by a fault or at the end; `Infinity` for one that has not. */
  endOf(process) {
    const end = this.lines.find(
      ({ e, by, kind, target }) =>
        (e === 'fault' && kind === 'kill' && target === process) ||
        (e === 'closed' && by === process),
    );
    return end?.t ?? Infinity;
  }

  /**
   * Moments in which somebody stood still.
   *
   * @param names processes; `conductor` is the one with the vendor and the network; `redis`
   */
  stallsOf(names, from, until) {
    return this.stalls.filter(
      ({ by, from: begun, t }) => names.includes(by) && begun <= until && t >= from,
    );
  }

  /** Milliseconds of a span in which a process could not answer. */
  stoodStill(process, from, until) {
    return this.stallsOf([process, 'conductor'], from, until).reduce(
      (ms, { from: begun, t }) => ms + Math.min(t, until) - Math.max(begun, from),
      0,
    );
  }

  /** What happened around a violation: its own lines, and the faults. */
  around(from, until, isOurs) {
    const isShown = (line) =>
      ['fault', 'over', 'calm', 'configured'].includes(line.e) || isOurs(line);
    return this.lines.filter((line) => line.t >= from && line.t <= until && isShown(line));
  }

  #all(e) {
    return this.lines.filter((line) => line.e === e);
  }
}

export function accountNamed(name) {
  return ACCOUNTS.find((account) => account.name === name);
}

/** The instance of a process: `i0` of `i0#2`, its second life. */
export function instanceOf(process) {
  return process?.split('#')[0];
}

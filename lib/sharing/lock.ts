import type { AttemptTools } from '../core/attempts.js';
import type { StoredFailure, TokenLock } from '../core/token-store.js';
import { sleep } from '../util/waiting.js';
import type { Found, SharedRecord } from './shared-record.js';
import { UNAVAILABLE, type PendingLock } from './shared-store.js';

/** Milliseconds by which a lock outlives the renewal that holds it, if nobody releases it. */
const MARGIN = 5_000;

/** Milliseconds by which a lock is extended while a write is pending. The write is tried more often than that. */
const PENDING = 15_000;

/** Waiting instances look at a lock every 50 to 150 milliseconds. */
const POLL = { least: 50, spread: 100 };

/** Says how long a lock is needed. */
export type LockTools = Pick<AttemptTools, 'clock' | 'deadline'>;

/** A lock that this instance holds. */
export class HeldLock implements PendingLock {
  /** The failure that `release` leaves for the other instances, if the renewal has failed. */
  failure: StoredFailure | undefined = undefined;
  /** The lock is not released when the work ends, but later. */
  isKept = false;

  constructor(
    private readonly record: SharedRecord,
    private readonly lock: TokenLock,
  ) {}

  /** Whether its last holder did not release it, because that instance died or was suspended for too long. */
  get wasAbandoned(): boolean {
    return this.lock.wasAbandoned === true;
  }

  /**
   * Releases the lock, even in the pause after a failure of the store. A lock that stays would block all other
   * instances.
   */
  async release(): Promise<void> {
    await this.record.insist('release', () => this.lock.release(this.failure));
  }

  extend(): void {
    const extended = Promise.resolve().then(() => this.lock.extend?.(PENDING));
    extended.catch(() => {}); // the failed write is reported
  }
}

/** Work on a record under its lock. If the store is unavailable, there is no lock, and `found` is `UNAVAILABLE`. */
type Work<T> = (found: Found, lock: HeldLock | undefined) => Promise<T>;

/**
 * Takes the lock of a record, reads the record, and runs `work` with it. Then the lock is released, unless the work
 * keeps it. If the store is unavailable, the work runs without the lock.
 *
 * @param meanwhile looks for something that makes the lock unnecessary, while another instance holds it
 */
export async function locked<T>(
  record: SharedRecord,
  tools: AttemptTools,
  work: Work<T>,
  meanwhile?: () => Promise<T | undefined>,
): Promise<T> {
  for (;;) {
    const lock = tools.clock.monotonic() < tools.latest ? await lockOf(record, tools) : 'held';
    if (lock !== 'held') return underLock(record, lock, work);
    await sleep(tools.clock, POLL.least + tools.random() * POLL.spread, tools.signal);
    const result = await meanwhile?.();
    if (result) return result;
  }
}

/** Like `locked`, but does nothing if another instance holds the lock or the store is unavailable. */
export async function lockedNow(
  record: SharedRecord,
  tools: LockTools,
  work: Work<void>,
): Promise<void> {
  const lock = await lockOf(record, tools);
  if (lock instanceof HeldLock) await underLock(record, lock, work);
}

async function underLock<T>(
  record: SharedRecord,
  lock: HeldLock | typeof UNAVAILABLE,
  work: Work<T>,
): Promise<T> {
  if (lock === UNAVAILABLE) return work(UNAVAILABLE, undefined);
  try {
    return await work(await record.read(), lock);
  } finally {
    if (!lock.isKept) await lock.release();
  }
}

/**
 * Asks for the lock of a record, once. While a write of this instance is pending, it already holds the lock, and the
 * record is out of date.
 */
async function lockOf(
  record: SharedRecord,
  { clock, deadline }: LockTools,
): Promise<HeldLock | 'held' | typeof UNAVAILABLE> {
  if (await record.isPending()) return UNAVAILABLE;
  const ttl = Math.ceil(deadline - clock.monotonic()) + MARGIN;
  let asked: Promise<TokenLock | 'held'> | undefined;
  const lock = await record.ask(
    'lock',
    (store, key) => (asked = Promise.resolve(store.lock(key, ttl))),
  );
  if (lock === UNAVAILABLE) releaseWhenLate(asked);
  if (lock === 'held') return lock;
  return isLock(lock) ? new HeldLock(record, lock) : UNAVAILABLE;
}

function isLock(lock: TokenLock | typeof UNAVAILABLE): lock is TokenLock {
  return typeof (lock as TokenLock | undefined)?.release === 'function';
}

/** Releases a lock that arrives after its operation has timed out. It would block all other instances. */
function releaseWhenLate(asked: Promise<TokenLock | 'held'> | undefined): void {
  asked?.then((lock) => (lock === 'held' ? undefined : lock.release())).catch(() => {});
}

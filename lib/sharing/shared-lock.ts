import type { AttemptTools } from '../core/attempts.js';
import type { SharedAccount } from './shared-account.js';
import { UNAVAILABLE, type PendingLock } from './shared-store.js';
import type { StoredFailure, TokenLock } from '../core/token-store.js';
import { sleep } from '../util/waiting.js';

/** Milliseconds by which a lock outlives the flight that holds it, should nobody release it. */
const LOCK_MARGIN = 5_000;

/** Milliseconds by which a lock is extended while a write is pending. The write is tried more often than that. */
const PENDING = 15_000;

/** Milliseconds between two looks at a lock that somebody else holds. */
const POLL = { least: 50, spread: 100 };

/** What says how long a lock is wanted for. */
export type LockTools = Pick<AttemptTools, 'clock' | 'deadline'>;

/** A lock of ours. */
export interface HeldLock extends PendingLock {
  /** Whoever had it before did not release it: it has died, or was frozen. */
  readonly wasAbandoned: boolean;
  /** In any case: a lock that stays keeps everybody else out. */
  readonly release: (failure?: StoredFailure) => Promise<void>;
}

/** Waits for the lock of an account, as long as it is of use, or until `meanwhile` brings something. */
export async function lockOf<T = never>(
  account: SharedAccount,
  tools: AttemptTools,
  meanwhile?: () => Promise<T | undefined>,
): Promise<HeldLock | T | typeof UNAVAILABLE> {
  for (;;) {
    const lock = tools.clock.monotonic() < tools.latest ? await askForLock(account, tools) : 'held';
    if (lock !== 'held') return lock;
    await sleep(tools.clock, POLL.least + tools.random() * POLL.spread, tools.signal);
    const news = await meanwhile?.();
    if (news) return news;
  }
}

/**
 * Asks for the lock of an account, once. While a write of ours is pending, we hold the lock already, and what
 * the store has is out of date.
 */
export async function askForLock(
  account: SharedAccount,
  { clock, deadline }: LockTools,
): Promise<HeldLock | 'held' | typeof UNAVAILABLE> {
  if (await account.isPending()) return UNAVAILABLE;
  const ttl = Math.ceil(deadline - clock.monotonic()) + LOCK_MARGIN;
  let asked: Promise<TokenLock | 'held'> | undefined;
  const lock = await account.ask((store, key) => (asked = Promise.resolve(store.lock(key, ttl))));
  if (lock === UNAVAILABLE) releaseWhenLate(asked);
  if (lock === 'held') return lock;
  if (!isLock(lock)) return UNAVAILABLE;
  return {
    wasAbandoned: lock.wasAbandoned === true,
    release: async (failure) => void (await account.insist(() => lock.release(failure), 'release')),
    hold: () => {
      const extended = Promise.resolve().then(() => lock.extend?.(PENDING));
      extended.catch(() => {}); // the failed write is reported
    },
  };
}

function isLock(lock: TokenLock | typeof UNAVAILABLE): lock is TokenLock {
  return typeof (lock as TokenLock | undefined)?.release === 'function';
}

/** A lock that comes after we have stopped waiting for it would keep everybody else out. */
function releaseWhenLate(asked: Promise<TokenLock | 'held'> | undefined): void {
  asked?.then((lock) => (lock === 'held' ? undefined : lock.release())).catch(() => {});
}

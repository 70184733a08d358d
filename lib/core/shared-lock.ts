import type { AttemptTools } from './attempts.js';
import type { SharedAccount } from './shared-account.js';
import { UNAVAILABLE } from './shared-store.js';
import type { TokenLock } from './token-store.js';
import { sleep } from './waiting.js';

/** Milliseconds by which a lock outlives the flight that holds it, should nobody release it. */
const LOCK_MARGIN = 5_000;

/** Share of the deadline that must be left when a renewal begins: an answer that comes later is lost. */
const LEFT_TO_RENEW = 0.25;

/** When a flight that begins now is too late to renew, in monotonic milliseconds. */
export function latestBegin({ clock, deadline }: AttemptTools): number {
  return deadline - (deadline - clock.monotonic()) * LEFT_TO_RENEW;
}

/** Asks for the lock of an account, once. */
export async function askForLock(
  { store, key, onFailure }: SharedAccount,
  { clock, deadline }: AttemptTools,
): Promise<TokenLock | 'held' | typeof UNAVAILABLE> {
  const ttl = Math.ceil(deadline - clock.monotonic()) + LOCK_MARGIN;
  let asked: Promise<TokenLock | 'held'> | undefined;
  const lock = await store.ask(
    (store) => (asked = Promise.resolve(store.lock(key, ttl))),
    onFailure,
  );
  if (lock === UNAVAILABLE) releaseWhenLate(asked);
  return lock === 'held' || isLock(lock) ? lock : UNAVAILABLE;
}

function isLock(lock: TokenLock | typeof UNAVAILABLE): lock is TokenLock {
  return typeof (lock as TokenLock | undefined)?.release === 'function';
}

/** A lock that comes after we have stopped waiting for it would keep everybody else out. */
function releaseWhenLate(asked: Promise<TokenLock | 'held'> | undefined): void {
  asked?.then((lock) => (lock === 'held' ? undefined : lock.release())).catch(() => {});
}

/** One who was stopped for long must not go on as if nothing had been: the end of the flight comes first. */
export async function notLate(
  { clock, deadline, signal }: AttemptTools,
  latest: number,
): Promise<void> {
  const now = clock.monotonic();
  if (now >= latest) await sleep(clock, Math.max(deadline - now, 0) + LOCK_MARGIN, signal);
  signal.throwIfAborted();
}

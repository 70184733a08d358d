import type { AttemptTools } from './attempts.js';
import { instant } from './clock.js';
import type { Renewal } from './renewal-outcome.js';
import type { Slot } from './slot.js';
import type { TokenSet } from './token-set.js';
import type { StoredTokens, TokenLock, TokenStore } from './token-store.js';
import { sleep, withDeadline } from './waiting.js';

/** Milliseconds that the store may take for one operation. */
const OPERATION = 250;

/** Milliseconds by which a lock outlives the flight that holds it, should nobody release it. */
const LOCK_MARGIN = 5_000;

/** Milliseconds between two looks at a lock that somebody else holds. */
const POLL = { least: 50, spread: 100 };

/** Milliseconds that a token from the store must still live to be worth taking. */
const WORTH_TAKING = 1_000;

/** One account in a store that others use, too. */
export interface SharedAccount {
  readonly store: TokenStore;
  readonly key: string;
  readonly onFailure: () => void;
}

/**
 * Renews through the store: takes what somebody else has obtained, else obtains it and leaves it there,
 * one at a time. A store that fails is done without.
 *
 * @param acquire asks the token endpoint, with the newest refresh token there is
 */
export async function renewShared(
  account: SharedAccount,
  slot: Slot,
  tools: AttemptTools,
  acquire: (held: TokenSet | undefined) => Promise<Renewal>,
): Promise<Renewal> {
  const { store, key } = account;
  const read = () => guarded(account, tools, () => store.get(key));
  const take = (found: StoredTokens | undefined) => (found ? taken(found, slot, tools) : undefined);

  const before = take(await read());
  if (before) return before;
  const lock = await lockOf(account, tools);
  try {
    const found = await read(); // somebody may have renewed while we waited for the lock
    const meanwhile = take(found);
    if (meanwhile) return meanwhile;
    const renewal = await acquire(isNewer(found, slot) ? found.tokens : slot.tokens);
    slot.storeVersion = found?.version;
    const write = () => store.set(key, renewal.tokens, found?.version);
    const version = await guarded(account, tools, write);
    if (version === undefined) return take(await read()) ?? renewal;
    slot.storeVersion = version;
    return renewal;
  } finally {
    if (lock) await guarded(account, tools, () => lock.release());
  }
}

/** What somebody else has written, if it is of use. */
function taken(found: StoredTokens, slot: Slot, { clock }: AttemptTools): Renewal | undefined {
  const { tokens, version } = found;
  const isNews = isNewer(found, slot) && tokens.accessToken !== slot.tokens?.accessToken;
  if (!isNews || tokens.expiresAt - clock.now() <= WORTH_TAKING) return undefined;
  slot.storeVersion = version;
  return { by: 'store', tokens, startedAt: instant(clock) };
}

/** A version that is known has been replaced here, even where the store did not take the new one. */
function isNewer(found: StoredTokens | undefined, slot: Slot): found is StoredTokens {
  return found !== undefined && found.version !== slot.storeVersion;
}

/** Waits for the lock; `undefined` if the store cannot tell. */
async function lockOf(account: SharedAccount, tools: AttemptTools): Promise<TokenLock | undefined> {
  const { store, key } = account;
  for (;;) {
    const ttl = tools.deadline - tools.clock.monotonic() + LOCK_MARGIN;
    const lock = await guarded(account, tools, () => store.lock(key, ttl));
    if (lock !== 'held') return lock;
    await sleep(tools.clock, POLL.least + tools.random() * POLL.spread, tools.signal);
  }
}

async function guarded<T>(
  { onFailure }: SharedAccount,
  { clock }: AttemptTools,
  operation: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await withDeadline(
      clock,
      OPERATION,
      () => new Error('timeout'),
      async () => operation(),
    );
  } catch {
    onFailure(); // its error may quote a connection string, so it goes no further
    return undefined;
  }
}

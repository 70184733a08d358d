import type { AttemptTools } from './attempts.js';
import { instant, type Clock } from './clock.js';
import type { Renewal } from './renewal-outcome.js';
import type { Slot } from './slot.js';
import { isSendable, TokenSet } from './token-set.js';
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
 * Renews through the store: takes what somebody else has obtained, else obtains it, one at a time. What
 * was obtained is left in the store by `keep`, which is not bound by the deadline of the flight: the
 * refresh token is spent. A store that fails is done without.
 *
 * @param acquire asks the token endpoint, with the newest refresh token there is
 */
export async function renewShared(
  account: SharedAccount,
  slot: Slot,
  tools: AttemptTools,
  acquire: (held: TokenSet | undefined) => Promise<Renewal>,
): Promise<Renewal> {
  const before = taken(account, await read(account, tools), slot, tools);
  if (before) return before;
  const lock = await lockOf(account, slot, tools);
  if (lock && 'by' in lock) return lock;
  const release = () => guarded(account, tools, async () => lock?.release());
  let acquired = false;
  try {
    const found = await read(account, tools); // somebody may have renewed while we waited for the lock
    const meanwhile = taken(account, found, slot, tools);
    if (meanwhile) return meanwhile;
    const renewal = await acquire(isNewer(found, slot) ? found.tokens : slot.tokens);
    acquired = true;
    const keep = async () => {
      try {
        return await leave(account, slot, tools, renewal, found?.version);
      } finally {
        await release();
      }
    };
    return { ...renewal, keep };
  } finally {
    if (!acquired) await release();
  }
}

/** Leaves word in the store that a token set has been given back: nobody takes an expired one. */
export async function leaveRevoked(
  account: SharedAccount,
  tokens: TokenSet,
  version: string | undefined,
  clock: Clock,
): Promise<void> {
  const ended = tokens.with({ expiresAt: 0, refreshToken: undefined });
  await guarded(account, { clock }, () => account.store.set(account.key, ended, version));
}

/** Leaves tokens in the store; where somebody else was first, theirs count. */
async function leave(
  account: SharedAccount,
  slot: Slot,
  tools: AttemptTools,
  renewal: Renewal,
  replaces: string | undefined,
): Promise<Renewal> {
  const write = () => account.store.set(account.key, renewal.tokens, replaces);
  const version = await guarded(account, tools, write);
  if (version !== undefined) return { ...renewal, stored: { key: account.key, version } };
  const winner = await read(account, tools);
  const theirs = winner?.version === replaces ? undefined : taken(account, winner, slot, tools);
  return theirs ?? { ...renewal, stored: { key: account.key, version: replaces } };
}

/** What the store has, if it is a token set. */
function read(account: SharedAccount, tools: AttemptTools): Promise<StoredTokens | undefined> {
  return guarded(account, tools, async () => {
    const found = await account.store.get(account.key);
    if (!found) return undefined;
    const tokens = new TokenSet(found.tokens); // whatever a store makes of one
    if (!isSendable(tokens.accessToken)) throw new Error('not a token set');
    return { tokens, version: found.version };
  });
}

/** What somebody else has written, if it is of use. */
function taken(
  { key }: SharedAccount,
  found: StoredTokens | undefined,
  slot: Slot,
  { clock }: AttemptTools,
): Renewal | undefined {
  if (!isNewer(found, slot)) return undefined;
  const { tokens, version } = found;
  const isOurs = tokens.accessToken === slot.tokens?.accessToken;
  if (isOurs || tokens.expiresAt - clock.now() <= WORTH_TAKING) return undefined;
  return { by: 'store', tokens, startedAt: instant(clock), stored: { key, version } };
}

/** A version that is known has been replaced here, even where the store did not take the new one. */
function isNewer(found: StoredTokens | undefined, slot: Slot): found is StoredTokens {
  return found !== undefined && found.version !== slot.stored?.version;
}

/** Waits for the lock, or for what its holder obtains; `undefined` if the store cannot tell. */
async function lockOf(
  account: SharedAccount,
  slot: Slot,
  tools: AttemptTools,
): Promise<TokenLock | Renewal | undefined> {
  const { store, key } = account;
  for (;;) {
    const ttl = Math.ceil(tools.deadline - tools.clock.monotonic()) + LOCK_MARGIN;
    const asked = Promise.resolve().then(() => store.lock(key, ttl));
    const lock = await guarded(account, tools, () => asked);
    if (lock === undefined) releaseWhenLate(asked);
    if (lock !== 'held') return lock;
    await sleep(tools.clock, POLL.least + tools.random() * POLL.spread, tools.signal);
    const meanwhile = taken(account, await read(account, tools), slot, tools);
    if (meanwhile) return meanwhile;
  }
}

/** A lock that comes after we have stopped waiting for it would keep everybody else out. */
function releaseWhenLate(asked: Promise<TokenLock | 'held'>): void {
  asked.then((lock) => (lock === 'held' ? undefined : lock.release())).catch(() => {});
}

async function guarded<T>(
  { onFailure }: SharedAccount,
  { clock }: Pick<AttemptTools, 'clock'>,
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

import { successorRecord } from './account-identity.js';
import type { AttemptTools } from '../core/attempts.js';
import type { RefreshChain } from '../account/refresh-chain.js';
import type { RefreshChains } from '../account/refresh-chains.js';
import type { Renewal } from '../account/renewal-outcome.js';
import { isNewer, type Found, type SharedAccount } from './shared-account.js';
import { withheld } from './shared-failures.js';
import { lockOf, type HeldLock } from './shared-lock.js';
import type { Means } from './shared-renewal.js';
import { UNAVAILABLE } from './shared-store.js';
import type { Slot } from '../account/slot.js';

/** What a turn at a refresh token family is made of. */
export interface SharedTurn {
  /** A record of the family in the shared store: its own, or that of one of its refresh tokens. */
  readonly shared: (key: string) => SharedAccount;
  readonly chain: RefreshChain;
  readonly chains: RefreshChains;
  readonly refreshTokenKey: (refreshToken: string) => string;
  readonly provider: string;
  /** The account whose turn it is. */
  readonly slot: Pick<Slot, 'label'>;
  readonly tools: AttemptTools;
}

/**
 * Renews an account by the refresh token family that it shares with others, when no other instance is at
 * it. Whoever takes this lock has that of the account, and never the other way round.
 */
export async function inSharedTurn(
  turn: SharedTurn,
  means: Means,
  acquire: (means: Means) => Promise<Renewal>,
): Promise<Renewal> {
  const { chain, provider, tools } = turn;
  const account = turn.shared(chain.key);
  const lock = await lockOf(account, tools);
  const isOurs = lock !== UNAVAILABLE;
  let isOver = true;
  try {
    const found = isOurs ? await account.lookUp() : UNAVAILABLE;
    const isRead = goOnFrom(turn, found);
    const before = chain.newest;
    const result = await acquire({
      ...means,
      withheld: isRead ? means.withheld : withheld(provider, found === UNAVAILABLE),
      mayBeSpent: isOurs && lock.wasAbandoned,
    });
    if (result.by === 'store' || chain.newest === before) return result;
    isOver = false; // the lock goes once it is left in the store
    return { ...result, keep: () => leave(turn, result, isOurs ? lock : undefined) };
  } finally {
    if (isOver && isOurs) await lock.release();
  }
}

/** @returns whether the record of the family says which refresh token is the newest */
function goOnFrom({ chain, chains, refreshTokenKey }: SharedTurn, found: Found): boolean {
  if (found === UNAVAILABLE) return false;
  const { tokens, version } = found;
  const isNews = isNewer(found, chain.version);
  if (isNews && !tokens) return false;
  if (tokens && tokens.family !== chain.key) {
    chain.isPartOfAnother = true;
    chains.forget(chain.key); // the next renewal finds the other one
    return false;
  }
  chain.version = version;
  if (!isNews || !tokens) return true;
  chain.goOn(tokens);
  if (tokens.refreshToken !== undefined) chains.note(refreshTokenKey(tokens.refreshToken), chain);
  return true;
}

async function leave(
  turn: SharedTurn,
  result: Renewal,
  lock: HeldLock | undefined,
): Promise<Renewal> {
  const [isOver] = await Promise.all([leaveRecord(turn, lock), leaveSuccessor(turn)]);
  if (isOver) await lock?.release();
  return result;
}

/** @returns whether the lock can go; else it is held until the store has taken the record */
async function leaveRecord(
  { shared, chain, slot, tools }: SharedTurn,
  lock: HeldLock | undefined,
): Promise<boolean> {
  const { newest } = chain;
  const record = chain.record(tools.clock.now());
  if (!record) return true;
  const account = shared(chain.key);
  const version = await account.write(record, () => chain.version);
  if (typeof version === 'string') chain.version = version;
  if (version !== UNAVAILABLE) return true;
  account.writeLater(record, {
    isNews: () => chain.newest === newest,
    lock,
    account: () => slot.label,
    version: () => chain.version,
    onWritten: (written) => void (chain.version = written),
  });
  return false;
}

/** Leaves a pointer to the family for the newest refresh token, which may be configured somewhere later. */
async function leaveSuccessor(turn: SharedTurn): Promise<void> {
  const { shared, chain, refreshTokenKey, slot, tools } = turn;
  const { refreshToken } = chain.newest ?? {};
  if (refreshToken === undefined) return;
  const key = refreshTokenKey(refreshToken);
  if (key === chain.key) return;
  const record = successorRecord(chain.key, tools.clock.now());
  const written = await shared(key).insist((store, name) => store.set(name, record, undefined));
  if (written !== UNAVAILABLE) return;
  shared(key).writeLater(record, {
    isNews: () => true,
    lock: undefined,
    account: () => slot.label,
    version: () => undefined,
    onWritten: () => {},
  });
}

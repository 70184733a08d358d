import type { AttemptTools } from './attempts.js';
import type { RefreshChain } from './refresh-chain.js';
import type { Renewal } from './renewal-outcome.js';
import { isNewer, type SharedAccount } from './shared-account.js';
import { withheld } from './shared-failures.js';
import { lockOf, type HeldLock } from './shared-lock.js';
import type { Means } from './shared-renewal.js';
import { UNAVAILABLE } from './shared-store.js';

/** What a turn at the refresh token of a subject is made of. */
export interface SharedTurn {
  /** The record that has the newest refresh token of the subject, and nothing else of use. */
  readonly account: SharedAccount;
  readonly chain: RefreshChain;
  readonly configured: string | undefined;
  readonly provider: string;
  readonly tools: AttemptTools;
}

/**
 * Renews an account by the refresh token that all accounts of its subject renew by, when no other
 * instance is at it. Whoever takes this lock has that of the account, and never the other way round.
 */
export async function inSharedTurn(
  turn: SharedTurn,
  means: Means,
  acquire: (means: Means) => Promise<Renewal>,
): Promise<Renewal> {
  const { account, chain, configured, provider, tools } = turn;
  const lock = await lockOf(account, tools);
  const isOurs = lock !== UNAVAILABLE;
  let isOver = true;
  try {
    const found = isOurs ? await account.lookUp() : UNAVAILABLE;
    const isNews = found !== UNAVAILABLE && isNewer(found, chain.version);
    if (isNews && found.tokens) chain.replace(found.tokens, configured);
    if (found !== UNAVAILABLE) chain.version = found.version;
    const isUnread = found === UNAVAILABLE || (isNews && !found.tokens);
    const result = await acquire({
      ...means,
      withheld: isUnread ? withheld(provider, found === UNAVAILABLE) : means.withheld,
      mayBeSpent: isOurs && lock.wasAbandoned,
    });
    if (result.by === 'store') return result;
    isOver = false; // the lock goes once it is left in the store
    return { ...result, keep: () => leave(turn, result, isOurs ? lock : undefined) };
  } finally {
    if (isOver && isOurs) await lock.release();
  }
}

async function leave(
  { account, chain }: SharedTurn,
  result: Renewal,
  lock: HeldLock | undefined,
): Promise<Renewal> {
  // Its access token is here for the vendors who want it beside the refresh token.
  const record = result.tokens.with({ expiresAt: 0 });
  const version = await account.write(record, () => chain.version);
  if (typeof version === 'string') chain.version = version;
  if (version === UNAVAILABLE && record.refreshToken !== undefined) {
    account.writeLater(record, {
      isNews: () => chain.newest === result.tokens,
      lock,
      version: () => chain.version,
      onWritten: (written) => void (chain.version = written),
    });
  } else await lock?.release();
  return result;
}

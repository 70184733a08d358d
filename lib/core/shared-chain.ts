import type { AttemptTools } from './attempts.js';
import type { RefreshChain } from './refresh-chain.js';
import type { Renewal } from './renewal-outcome.js';
import { isNewer, type SharedAccount } from './shared-account.js';
import { withheld } from './shared-failures.js';
import { latestBegin, lockOf, notLate, type HeldLock } from './shared-lock.js';
import type { Means } from './shared-renewal.js';
import { UNAVAILABLE } from './shared-store.js';
import type { TokenSet } from './token-set.js';
import type { StoredAccount } from './token-store.js';

/** What a turn at the refresh token of a subject is made of. */
export interface SharedTurn {
  /** The subject's own account, in whose record the newest refresh token is. */
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
  const latest = latestBegin(tools);
  const lock = await lockOf(account, tools, latest);
  if (lock === UNAVAILABLE) {
    await notLate(tools, latest);
    return acquire({ ...means, withheld: withheld(provider, true) });
  }
  let isOver = true;
  try {
    const found = await account.lookUp();
    await notLate(tools, latest);
    if (found === UNAVAILABLE)
      return await acquire({ ...means, withheld: withheld(provider, true) });
    const isNews = isNewer(found, chain.version);
    if (isNews && found.tokens) chain.replace(found, configured);
    const result = await acquire({
      ...means,
      held: chain.newest ?? means.held,
      withheld: isNews && !found.tokens ? withheld(provider, false) : means.withheld,
      mayBeSpent: lock.wasAbandoned,
    });
    if (result.by === 'store') return result;
    isOver = false; // the lock goes once it is left in the store
    return { ...result, keep: () => leave(turn, result, found, lock) };
  } finally {
    if (isOver) await lock.release();
  }
}

/** Leaves the newest refresh token in the subject's record, whose access token stays as it is. */
async function leave(
  { account, chain }: SharedTurn,
  result: Renewal,
  found: StoredAccount,
  lock: HeldLock,
): Promise<Renewal> {
  const next = withRefreshTokenOf(result.tokens, found.tokens);
  const isNews = () => chain.newest === result.tokens;
  const version = await account.write(next, found.version);
  if (typeof version === 'string') chain.version = version;
  if (version === UNAVAILABLE && next.refreshToken !== undefined) {
    account.writeLater(next, found.version, isNews, (written) => (chain.version = written));
  }
  await lock.release();
  return result;
}

function withRefreshTokenOf(tokens: TokenSet, record: TokenSet | undefined): TokenSet {
  const { refreshToken, refreshExpiresAt, refreshes, spent } = tokens;
  // The access token is another account's: here it must not be taken.
  const base = record ?? tokens.with({ expiresAt: 0 });
  return base.with({ refreshToken, refreshExpiresAt, refreshes, spent });
}

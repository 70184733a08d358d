import type { Identity } from './account-identity.js';
import type { AttemptTools } from '../core/attempts.js';
import { isOwn } from '../account/refresh-candidates.js';
import type { RefreshChain } from '../account/refresh-chain.js';
import { isNewer, type SharedAccount } from './shared-account.js';
import { askForLock, lockOf, type LockTools } from './shared-lock.js';
import { UNAVAILABLE } from './shared-store.js';
import type { Slot } from '../account/slot.js';
import { REFRESH_TOKEN_LIFE, type TokenSet } from '../core/token-set.js';
import type { StoredAccount } from '../core/token-store.js';
import { abandonable } from '../util/waiting.js';

/** What memory had of a record before it was forgotten. */
type Known = Pick<StoredAccount, 'tokens' | 'version'>;

/** Where the tokens of an account are that are to be ended for everybody. */
export interface SharedTokens {
  /** An account in the shared store, by its key. */
  readonly shared: (key: string) => SharedAccount;
  readonly identify: () => Promise<Identity>;
  readonly slot: Slot;
  readonly tools: AttemptTools;
}

/** Ends tokens, which memory forgets at once, in the store when nobody else is renewing them. */
export function withdrawAll(tokens: SharedTokens): Promise<TokenSet | undefined> {
  const { slot } = tokens;
  const { tokens: ofAccount, stored, chain } = slot;
  const ofChain = { chain, tokens: chain?.newest, version: chain?.version };
  slot.end();
  const known = { tokens: ofAccount, version: stored?.version };
  return noted(slot, withdrawn(tokens, known, ofChain));
}

/** Renewals of the slot wait until it is over: they would take what is being withdrawn. */
function noted<T>(slot: Slot, work: Promise<T>): Promise<T> {
  const over = Promise.allSettled([slot.withdrawal, work]).then(() => {
    if (slot.withdrawal === over) slot.withdrawal = undefined;
  });
  slot.withdrawal = over;
  return work;
}

/** @returns the newest tokens, with the newest refresh token of their family */
async function withdrawn(
  { shared, identify, tools }: SharedTokens,
  known: Known,
  knownOfChain: Known & { readonly chain: RefreshChain | undefined },
): Promise<TokenSet | undefined> {
  const { accountKey, chain } = await abandonable(identify(), tools.signal);
  const ofAccount = await withdraw(shared(accountKey), tools, known);
  if (!chain) return ofAccount;
  const { newest, version } = chain;
  const inMemory = chain === knownOfChain.chain ? knownOfChain : { tokens: newest, version };
  const ofChain = await withdraw(shared(chain.key), tools, inMemory);
  if (ofChain) chain.end();
  if (isOwn(ofAccount)) return ofAccount;
  return (ofAccount ?? ofChain)?.with({ refreshToken: ofChain?.refreshToken });
}

async function withdraw(
  account: SharedAccount,
  tools: AttemptTools,
  known: Known,
): Promise<TokenSet | undefined> {
  const lock = await lockOf(account, tools);
  if (lock === UNAVAILABLE) return known.tokens;
  try {
    const found = await account.lookUp();
    if (found === UNAVAILABLE) return known.tokens;
    const isNews = known.tokens === undefined || isNewer(found, known.version);
    const newest = isNews && found.tokens ? found.tokens : known.tokens;
    if (!newest || isEnded(newest)) return undefined;
    const { version } = found;
    await account.write(ended(newest, tools.clock.now()), () => version);
    return newest;
  } finally {
    await lock.release();
  }
}

/** What is left in place of tokens, for as long as somebody may have them in memory. */
function ended(tokens: TokenSet, now: number): TokenSet {
  const { refreshToken, refreshExpiresAt = 0, expiresAt, family } = tokens;
  const least = family === undefined && refreshExpiresAt > 0 ? 0 : now + REFRESH_TOKEN_LIFE;
  return tokens.with({
    expiresAt: 0,
    refreshToken: undefined,
    refreshExpiresAt: refreshToken === undefined ? expiresAt : Math.max(refreshExpiresAt, least),
  });
}

/** Whether tokens from the store are only the mark that they were given back to the vendor. */
export function wasGivenBack(tokens: TokenSet): boolean {
  return isEnded(tokens) && tokens.refreshExpiresAt !== undefined;
}

function isEnded({ expiresAt, refreshToken }: TokenSet): boolean {
  return expiresAt === 0 && refreshToken === undefined;
}

/**
 * Ends the access token of a slot in the store, unless somebody has renewed it or is about to. Its refresh
 * token stays.
 */
export function withdrawAccessToken(account: SharedAccount, slot: Slot, tools: LockTools): void {
  void noted(slot, accessTokenWithdrawn(account, slot, tools));
}

async function accessTokenWithdrawn(
  account: SharedAccount,
  slot: Slot,
  tools: LockTools,
): Promise<void> {
  const { stored } = slot;
  const lock = await askForLock(account, tools);
  if (lock === 'held' || lock === UNAVAILABLE) return;
  try {
    const found = await account.lookUp();
    if (found === UNAVAILABLE || !found.tokens || found.version !== stored?.version) return;
    // What the store did not take is newer than what is there.
    const newest = slot.tokens ? slot.recordOf(slot.tokens) : found.tokens;
    const { version } = found;
    await account.write(newest.with({ expiresAt: 0 }), () => version);
  } finally {
    await lock.release();
  }
}

import type { Account } from '../account/account.js';
import type { RefreshTokenFamily } from '../account/refresh-token-family.js';

import type { AttemptTools } from '../core/attempts.js';
import {
  hasOwnRefreshToken,
  isTombstone,
  recordOf,
  REFRESH_TOKEN_LIFE,
  type TokenSet,
} from '../core/token-set.js';
import type { StoredAccount } from '../core/token-store.js';
import { abandonable } from '../util/waiting.js';
import { locked, lockedNow, type LockTools } from './lock.js';
import { isNewer, type SharedRecord } from './shared-record.js';
import { UNAVAILABLE } from './shared-store.js';
import type { Identity } from './sharing.js';

/** What this process knew of a record before it forgot the tokens. */
type Known = Pick<StoredAccount, 'tokens' | 'version'>;

/** Where the tokens of an account are in the store. */
interface SharedTokens {
  readonly record: (key: string) => SharedRecord;
  readonly identify: () => Promise<Identity>;
  readonly tools: AttemptTools;
}

/**
 * Takes the tokens of an account. Memory forgets them at once. The records in the store become tombstones when no
 * other instance is renewing them.
 *
 * @returns the newest tokens, with the newest refresh token of their family
 */
export function takeTokens(account: Account, tokens: SharedTokens): Promise<TokenSet | undefined> {
  const { tokens: known, stored, family } = account;
  const knownOfFamily = { family, tokens: family?.newest, version: family?.version };
  account.takeTokens();
  const taken = takeShared(tokens, { tokens: known, version: stored?.version }, knownOfFamily);
  return noted(account, taken);
}

/** Makes renewals of the account wait for this work. Otherwise they would take the tokens from the store. */
function noted<T>(account: Account, work: Promise<T>): Promise<T> {
  const over = Promise.allSettled([account.tombstoning, work]).then(() => {
    if (account.tombstoning === over) account.tombstoning = undefined;
  });
  account.tombstoning = over;
  return work;
}

async function takeShared(
  { record, identify, tools }: SharedTokens,
  known: Known,
  knownOfFamily: Known & { readonly family: RefreshTokenFamily | undefined },
): Promise<TokenSet | undefined> {
  const { key, family } = await abandonable(identify(), tools.signal);
  const ofAccount = await take(record(key), tools, known);
  if (!family) return ofAccount;
  const { newest, version } = family;
  const inMemory = family === knownOfFamily.family ? knownOfFamily : { tokens: newest, version };
  const ofFamily = await take(record(family.key), tools, inMemory);
  if (ofFamily) family.retire();
  if (hasOwnRefreshToken(ofAccount)) return ofAccount;
  return (ofAccount ?? ofFamily)?.with({ refreshToken: ofFamily?.refreshToken });
}

/** Takes the tokens of one record, and leaves a tombstone. */
function take(
  record: SharedRecord,
  tools: AttemptTools,
  known: Known,
): Promise<TokenSet | undefined> {
  return locked(record, tools, async (found) => {
    if (found === UNAVAILABLE) return known.tokens;
    const isNews = known.tokens === undefined || isNewer(found, known.version);
    const newest = isNews && found.tokens ? found.tokens : known.tokens;
    if (!newest || isTombstone(newest)) return undefined;
    const { version } = found;
    await record.write(tombstoneOf(newest, tools.clock.now()), () => version);
    return newest;
  });
}

/** The tombstone of a token set. It lives for as long as another instance may have the tokens in memory. */
function tombstoneOf(tokens: TokenSet, now: number): TokenSet {
  const { refreshToken, refreshExpiresAt = 0, expiresAt, family } = tokens;
  const least = family === undefined && refreshExpiresAt > 0 ? 0 : now + REFRESH_TOKEN_LIFE;
  return tokens.with({
    expiresAt: 0,
    refreshToken: undefined,
    refreshExpiresAt: refreshToken === undefined ? expiresAt : Math.max(refreshExpiresAt, least),
  });
}

/**
 * Invalidates the access token in a record, unless another instance has renewed it or is renewing it. The refresh
 * token stays.
 */
export function invalidateRecord(record: SharedRecord, account: Account, tools: LockTools): void {
  const { stored } = account;
  const work = lockedNow(record, tools, async (found) => {
    if (found === UNAVAILABLE || !found.tokens || found.version !== stored?.version) return;
    // Tokens that the store has not accepted yet are newer than its record.
    const newest = account.tokens ? recordOf(account.tokens) : found.tokens;
    const { version } = found;
    await record.write(newest.with({ expiresAt: 0 }), () => version);
  });
  void noted(account, work);
}

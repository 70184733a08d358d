import type { Clock } from '../util/clock.js';
import { RefreshChain } from '../account/refresh-chain.js';
import type { RefreshChains } from '../account/refresh-chains.js';
import type { SharedAccount } from './shared-account.js';
import { UNAVAILABLE } from './shared-store.js';
import type { Slot } from '../account/slot.js';
import { NO_ACCESS_TOKEN, REFRESH_TOKEN_LIFE, TokenSet } from '../core/token-set.js';
import type { PreparedGrants } from '../core/token-source.js';

/** Where the accounts and the refresh token families of a provider are known. */
export interface Identification {
  readonly chains: RefreshChains;
  /** An account in the shared store, by its key. */
  readonly shared: ((key: string) => SharedAccount) | undefined;
  readonly clock: Clock;
}

/** Whose token it is. */
export interface Identity {
  /** What the shared store knows the token set by. */
  readonly accountKey: string;
  /** The family of the configured refresh token, where there is one. */
  readonly chain: RefreshChain | undefined;
  /** The shared store did not say which family it is. */
  readonly isUnsure: boolean;
}

/**
 * The identity of an account whose credentials are resolved. A configured refresh token makes it another
 * account, by its family: a successor of the configured one is the same account.
 */
export async function identify(
  grants: PreparedGrants,
  slot: Slot,
  where: Identification,
): Promise<Identity> {
  const { configuredRefreshToken: configured, accountKey } = grants;
  if (configured === undefined) return { accountKey, chain: undefined, isUnsure: false };
  const key = grants.refreshTokenKey(configured);
  const known = where.chains.find(key) ?? remembered(slot.chain, key);
  const first = await firstOf(key, known, where);
  // From here on nothing is awaited: accounts that ask at the same time get the same family.
  const chain =
    where.chains.find(first ?? key) ??
    (known?.key === first ? known : undefined) ??
    new RefreshChain(first ?? key);
  if (first !== undefined) for (const token of [first, key]) where.chains.note(token, chain);
  chain.foundBy = key;
  return { accountKey: `${accountKey}.${chain.key}`, chain, isUnsure: first === undefined };
}

/** An account in use keeps its family, even if `RefreshChains` has forgotten it in favour of others. */
function remembered(chain: RefreshChain | undefined, key: string): RefreshChain | undefined {
  const isIt = chain?.key === key || chain?.foundBy === key;
  return isIt && !chain.isPartOfAnother ? chain : undefined;
}

/**
 * The key of the refresh token that a family began with.
 *
 * @returns `undefined` where the shared store does not say
 */
async function firstOf(
  key: string,
  known: RefreshChain | undefined,
  { shared, clock }: Identification,
): Promise<string | undefined> {
  if (known?.key === key || !shared) return known?.key ?? key;
  const record = shared(key);
  const found = await record.lookUp();
  if (found === UNAVAILABLE || (found.version !== undefined && !found.tokens)) return known?.key;
  const { tokens, version } = found;
  const first = tokens?.family ?? known?.key ?? key;
  if (tokens && first !== key) await prolong(record, tokens, version, clock);
  return first;
}

/** What the shared store keeps under the key of a successor: a pointer to its family. */
export function successorRecord(family: string, now: number): TokenSet {
  return new TokenSet({
    accessToken: NO_ACCESS_TOKEN,
    expiresAt: now + REFRESH_TOKEN_LIFE,
    family,
  });
}

/** Keeps the pointer of a successor alive for as long as that successor is configured. */
async function prolong(
  record: SharedAccount,
  { family, expiresAt }: TokenSet,
  version: string | undefined,
  clock: Clock,
): Promise<void> {
  const now = clock.now();
  if (expiresAt - now > REFRESH_TOKEN_LIFE / 2) return;
  await record.write(successorRecord(family!, now), () => version);
}

import { fingerprint, type RefreshChain } from './refresh-chain.js';
import type { Slot } from './slot.js';
import type { TokenSet } from './token-set.js';
import type { PreparedGrants } from './token-source.js';

/** Refresh tokens that are remembered as spent: an instance may be configured with an older one. */
const SPENT_KEPT = 10;

/** A refresh token, and the token set that it came with. */
export interface RefreshToken {
  readonly refreshToken: string;
  readonly of: TokenSet | undefined;
}

/**
 * The configured one, if it has not been spent here and so is news, then the newest one: that of the
 * store, of the subject's chain, or of the account.
 */
export function refreshTokens(
  slot: Slot,
  grants: PreparedGrants,
  newest: TokenSet | undefined,
  now: number,
  limit: number,
): RefreshToken[] {
  if (!grants.refresh || slot.refreshRefused) return [];
  const { chain } = slot;
  const configured = grants.configuredRefreshToken;
  const isNews = isUntried(chain, configured) && !newest?.spent.includes(fingerprint(configured));
  const isSame = isNews && newest?.refreshToken === configured;
  // Without a login it is all that there is, and worth an attempt even after its stated end.
  const isLiving = !grants.login || (newest?.refreshExpiresAt ?? Infinity) > now;
  const candidates: RefreshToken[] =
    isNews && !isSame ? [{ refreshToken: configured, of: undefined }] : [];
  if (newest?.refreshToken !== undefined && isLiving && newest.refreshes < limit) {
    candidates.push({ refreshToken: newest.refreshToken, of: newest });
  }
  return candidates;
}

export function isUntried(
  chain: RefreshChain | undefined,
  configured: string | undefined,
): configured is string {
  return chain !== undefined && configured !== undefined && chain.spent !== configured;
}

/** The first one, which may be configured elsewhere, and the latest. */
export function spentWith(before: readonly string[] = [], refreshToken: string): readonly string[] {
  const spent = [...new Set([...before, fingerprint(refreshToken)])];
  return [...spent.slice(0, 1), ...spent.slice(1).slice(1 - SPENT_KEPT)];
}

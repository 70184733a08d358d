import type { Slot } from './slot.js';
import type { TokenSet } from '../core/token-set.js';
import type { PreparedGrants } from '../core/token-source.js';

/** A refresh token, and the token set that it came with. */
export interface RefreshToken {
  readonly refreshToken: string;
  readonly of: TokenSet | undefined;
}

/**
 * The refresh token to renew by, if there is one: that of the last login, else the newest one of the family
 * of the configured refresh token, which begins with the configured one itself. It is never one that is known
 * to have been used.
 *
 * @param held the tokens of the account
 */
export function refreshTokenOf(
  slot: Slot,
  grants: PreparedGrants,
  held: TokenSet | undefined,
  now: number,
  limit: number,
): RefreshToken | undefined {
  const { refresh, configuredRefreshToken: configured } = grants;
  if (!refresh || slot.refreshRefused) return undefined;
  const newest = isOwn(held) ? held : slot.chain?.newest;
  if (!newest)
    return configured === undefined ? undefined : { refreshToken: configured, of: undefined };
  const { refreshToken, refreshExpiresAt = Infinity, refreshes } = newest;
  // Without a login it is all that there is, and worth an attempt even after its stated end.
  const isLiving = !grants.login || refreshExpiresAt > now;
  const isUsable = refreshToken !== undefined && isLiving && refreshes < limit;
  return isUsable ? { refreshToken, of: newest } : undefined;
}

/** Whether a token set has a refresh token that did not come of a configured one. */
export function isOwn(tokens: TokenSet | undefined): tokens is TokenSet {
  return tokens?.refreshToken !== undefined && tokens.family === undefined;
}

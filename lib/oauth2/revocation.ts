import type { TokenSet } from '../core/token-set.js';
import type { TokenEndpoint } from './token-endpoint.js';

type Tokens = Partial<Pick<TokenSet, 'accessToken' | 'refreshToken'>>;

/**
 * Which tokens are given back. A revocation endpoint (RFC 7009) may refuse a token that has expired, so of two
 * tokens it gets the one that has not. A request of the vendor's own gets both.
 */
export function toGiveBack(
  { accessToken, refreshToken, expiresAt, refreshExpiresAt = Infinity }: TokenSet,
  revocation: TokenEndpoint['revocation'],
  now: number,
): Tokens {
  const isOneOver = refreshToken !== undefined && expiresAt > now !== refreshExpiresAt > now;
  if (typeof revocation !== 'string' || !isOneOver) return { accessToken, refreshToken };
  return expiresAt > now ? { accessToken } : { refreshToken };
}

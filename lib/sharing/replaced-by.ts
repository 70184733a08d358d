import { NO_ACCESS_TOKEN, type TokenSet } from '../core/token-set.js';
import { wasGivenBack } from './withdrawal.js';

/**
 * What a login has replaced and is to be given back: the access token, and with it the session. A refresh token
 * is not: at many servers that ends its whole family. `undefined` if there is nothing to give back.
 */
export function replacedBy(tokens: TokenSet, before: TokenSet | undefined): TokenSet | undefined {
  if (!before || before.accessToken === tokens.accessToken) return undefined;
  if (before.accessToken === NO_ACCESS_TOKEN || wasGivenBack(before)) return undefined;
  return before.with({ refreshToken: undefined });
}

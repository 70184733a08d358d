import { describe, expect, it } from '@jest/globals';

import {
  hasOwnRefreshToken,
  isTombstone,
  NO_ACCESS_TOKEN,
  recordOf,
  replacedBy,
  TokenSet,
  type TokenSetFields,
} from '../../lib/core/token-set.js';

const tokens = (fields: Partial<TokenSetFields> = {}) =>
  new TokenSet({ accessToken: 'new', expiresAt: 5_000, ...fields });

describe('what a login replaces', () => {
  it('a login replaces the access token before it, without its refresh token', () => {
    const before = tokens({ accessToken: 'old', refreshToken: 'refresh' });
    const replaced = replacedBy(tokens(), before);
    expect([replaced?.accessToken, replaced?.refreshToken]).toEqual(['old', undefined]);
  });

  it.each<[string, TokenSet | undefined]>([
    ['there was no token', undefined],
    ['the vendor returned the same token', tokens({ refreshToken: 'refresh' })],
    ['there was only a refresh token', tokens({ accessToken: NO_ACCESS_TOKEN })],
    [
      'the tokens were revoked',
      tokens({ accessToken: 'old', expiresAt: 0, refreshExpiresAt: 9_000 }),
    ],
  ])('a login replaces nothing if %s', (_what, before) => {
    expect(replacedBy(tokens(), before)).toBeUndefined();
  });

  it('a login replaces an invalidated token, which is not revoked yet', () => {
    const before = tokens({ accessToken: 'old', expiresAt: 0 });
    expect(replacedBy(tokens(), before)?.accessToken).toBe('old');
  });
});

describe('the kinds of token sets', () => {
  it.each<[Partial<TokenSetFields>, boolean]>([
    [{ expiresAt: 0 }, true],
    [{ expiresAt: 0, refreshExpiresAt: 9_000 }, true],
    [{ expiresAt: 1 }, false],
    [{ expiresAt: 0, refreshToken: 'refresh' }, false],
  ])('a token set with %j is a tombstone: %s', (fields, expected) => {
    expect(isTombstone(tokens(fields))).toBe(expected);
  });

  it('a refresh token is the own one of an account unless it belongs to a family', () => {
    expect(hasOwnRefreshToken(undefined)).toBe(false);
    expect(hasOwnRefreshToken(tokens())).toBe(false);
    expect(hasOwnRefreshToken(tokens({ refreshToken: 'r' }))).toBe(true);
    expect(hasOwnRefreshToken(tokens({ refreshToken: 'r', family: 'f' }))).toBe(false);
  });

  it('the record of an account has its own refresh token, not that of a family', () => {
    const own = tokens({ refreshToken: 'r' });
    expect(recordOf(own)).toBe(own);
    const record = recordOf(tokens({ refreshToken: 'r', family: 'f' }));
    expect([record.refreshToken, record.family]).toEqual([undefined, 'f']);
  });
});

import { describe, expect, it } from '@jest/globals';

import { Account } from '../../lib/account/account.js';
import { backOff } from '../../lib/account/backoff.js';
import { lifeOf } from '../../lib/account/freshness.js';
import { RefreshTokenFamily } from '../../lib/account/refresh-token-family.js';
import type { OAuth2Event } from '../../lib/core/events.js';
import { TokenSet, type TokenSetFields } from '../../lib/core/token-set.js';
import { instant } from '../../lib/util/clock.js';
import { permanent } from '../support/failures.js';
import { ManualClock } from '../support/manual-clock.js';

const HOUR = 3_600_000;

function setup(labelOf?: () => string | undefined) {
  const clock = new ManualClock();
  const events: OAuth2Event[] = [];
  const emit = (event: OAuth2Event) => void events.push(event);
  const account = new Account({ subject: 'ama' }, { name: 'acme', emit, labelOf });
  const tokens = (fields: Partial<TokenSetFields> = {}) =>
    new TokenSet({ accessToken: 'access', expiresAt: clock.now() + HOUR, ...fields });
  const adopt = (set: TokenSet) => {
    const now = instant(clock);
    account.adopt(set, lifeOf(set.expiresAt, now, now, 0), { key: 'key', version: '1' });
    return set;
  };
  return { clock, events, account, tokens, adopt };
}

describe('the label of an account in its events', () => {
  it('the label is computed once, when a listener reads it', () => {
    let count = 0;
    const { account, events } = setup(() => `label ${++count}`);
    account.emit({ type: 'token.rejected' });
    expect(count).toBe(0);
    expect(events[0]).toEqual({ type: 'token.rejected', provider: 'acme', account: 'label 1' });
    expect([account.label, events[0]?.account, count]).toEqual(['label 1', 'label 1', 1]);
  });

  it('an account without labels has none', () => {
    const { account } = setup();
    expect(account.label).toBeUndefined();
  });
});

describe('the tokens of an account', () => {
  it('an account without a token has nothing usable', () => {
    const { account, clock } = setup();
    expect([account.usable(clock), account.freshness(clock)]).toEqual([undefined, undefined]);
  });

  it('a token is usable until it expires', () => {
    const { account, clock, tokens, adopt } = setup();
    const set = adopt(tokens());
    expect([account.usable(clock), account.freshness(clock)]).toEqual([set, 'fresh']);
    clock.advance(HOUR - 5_001);
    expect([account.usable(clock), account.freshness(clock)]).toEqual([set, 'stale']);
    clock.advance(1);
    expect([account.usable(clock), account.freshness(clock)]).toEqual([undefined, 'expired']);
  });

  it('a new token ends the back-off, the rejection and the lookup', () => {
    const { account, clock, tokens, adopt } = setup();
    account.backoff = backOff(undefined, permanent(), undefined, false, clock.monotonic());
    account.rejected = 'old';
    account.lookup = { at: 0, found: Promise.resolve(tokens()) };
    adopt(tokens());
    expect([account.backoff, account.rejected, account.lookup]).toEqual(Array.from({ length: 3 }));
  });

  it('tokens belong to the key under which they were obtained', () => {
    const { account, tokens, adopt } = setup();
    expect(account.tokensUnder('key')).toBeUndefined();
    const set = adopt(tokens());
    expect([account.tokensUnder('key'), account.tokensUnder('other')]).toEqual([set, undefined]);
  });

  it('only the refused refresh token is forgotten', () => {
    const { account, tokens, adopt } = setup();
    account.forgetRefreshToken('refused');
    adopt(tokens({ refreshToken: 'newer' }));
    account.forgetRefreshToken('refused');
    expect(account.tokens?.refreshToken).toBe('newer');
    account.forgetRefreshToken('newer');
    expect(account.tokens?.refreshToken).toBeUndefined();
    expect(account.tokens?.accessToken).toBe('access');
  });

  it('a new refresh token keeps the same access token usable, and no other one', () => {
    const { account, clock, tokens, adopt } = setup();
    adopt(tokens({ refreshToken: 'first' }));
    account.keepRefreshToken(tokens({ refreshToken: 'second' }), { key: 'key', version: '2' });
    expect(account.usable(clock)?.refreshToken).toBe('second');
    expect(account.stored?.version).toBe('2');
    account.keepRefreshToken(tokens({ accessToken: 'other', refreshToken: 'third' }));
    expect([account.usable(clock), account.tokens?.refreshToken]).toEqual([undefined, 'third']);
  });

  it('another family gives an undocumented refresh another chance', () => {
    const { account } = setup();
    const family = new RefreshTokenFamily('first');
    account.joinFamily(family);
    account.refreshRefused = true;
    account.joinFamily(family);
    expect(account.refreshRefused).toBe(true);
    account.joinFamily(new RefreshTokenFamily('second'));
    expect(account.refreshRefused).toBe(false);
  });
});

describe('the tokens that are taken from an account', () => {
  it('the account forgets the tokens that are taken', () => {
    const { account, clock, tokens, adopt } = setup();
    expect(account.takeTokens()).toBeUndefined();
    const set = adopt(tokens({ refreshToken: 'refresh' }));
    expect(account.takeTokens()).toBe(set);
    expect([account.tokens, account.usable(clock)]).toEqual([undefined, undefined]);
  });

  it('the newest refresh token of the family is taken with them, and the family retires', () => {
    const { account, tokens, adopt } = setup();
    const family = new RefreshTokenFamily('first');
    family.continueWith(tokens({ refreshToken: 'newest' }));
    account.joinFamily(family);
    adopt(tokens({ refreshToken: 'older', family: 'first' }));
    expect(account.takeTokens()?.refreshToken).toBe('newest');
    expect(family.newest?.refreshToken).toBeUndefined();
  });

  it('a family stays in use if the account has no tokens', () => {
    const { account, tokens } = setup();
    const family = new RefreshTokenFamily('first');
    family.continueWith(tokens({ refreshToken: 'newest' }));
    account.joinFamily(family);
    expect(account.takeTokens()).toBeUndefined();
    expect(family.newest?.refreshToken).toBe('newest');
  });
});

describe('the expiry of an account', () => {
  it('an account has expired when its access token and its refresh token have', () => {
    const { account, clock, tokens, adopt } = setup();
    expect(account.hasExpired(clock.now())).toBe(false);
    const end = clock.now() + HOUR;
    const expired = (fields: Partial<TokenSetFields>, now: number) => {
      adopt(tokens({ expiresAt: end, ...fields }));
      return account.hasExpired(now);
    };
    expect([expired({}, end - 1), expired({}, end)]).toEqual([false, true]);
    expect(expired({ refreshToken: 'r' }, end + 100 * HOUR)).toBe(false);
    const withEnd = { refreshToken: 'r', refreshExpiresAt: end + 5 };
    expect([expired(withEnd, end + 4), expired(withEnd, end + 5)]).toEqual([false, true]);
  });

  it('an account has not expired while its family has a refresh token', () => {
    const { account, clock, tokens, adopt } = setup();
    const family = new RefreshTokenFamily('first');
    account.joinFamily(family);
    adopt(tokens({ expiresAt: clock.now(), family: 'first' }));
    expect(account.hasExpired(clock.now())).toBe(true);
    family.continueWith(tokens({ refreshToken: 'newest' }));
    expect(account.hasExpired(clock.now())).toBe(false);
  });
});

describe('the back-off of an account', () => {
  it('only the back-off after a refused refresh token is lifted', () => {
    const { account, clock } = setup();
    const now = clock.monotonic();
    expect(account.liftBackoff(now)).toBe(false);
    account.backoff = backOff(undefined, permanent(), undefined, false, now);
    expect(account.liftBackoff(now)).toBe(false);
    expect(account.backoff.isLifted).toBeUndefined();
  });

  it('a lifted back-off ends now, or earlier if it was over already', () => {
    const { account, clock } = setup();
    const failure = permanent({ code: 'REAUTHENTICATION_REQUIRED' });
    const now = clock.monotonic();
    account.backoff = backOff(undefined, failure, undefined, false, now);
    expect(account.liftBackoff(now + 5)).toBe(true);
    expect(account.backoff).toMatchObject({ notBefore: now + 5, isLifted: true, failures: 1 });
    account.backoff = backOff(undefined, failure, undefined, false, now);
    expect(account.liftBackoff(now + 60_000)).toBe(true);
    expect(account.backoff.notBefore).toBe(now + 30_000);
  });

  it('every invalidation counts and ends the access token', () => {
    const { account, clock, tokens, adopt } = setup();
    adopt(tokens());
    account.invalidate();
    expect([account.invalidations, account.usable(clock)]).toEqual([1, undefined]);
    account.discard();
    expect(account.invalidations).toBe(1);
  });
});

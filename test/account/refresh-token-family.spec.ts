import { describe, expect, it } from '@jest/globals';

import { backOff } from '../../lib/account/backoff.js';
import {
  RefreshTokenFamilies,
  RefreshTokenFamily,
} from '../../lib/account/refresh-token-family.js';
import { TokenSet } from '../../lib/core/token-set.js';
import { rejection } from '../support/collect.js';
import { permanent } from '../support/failures.js';
import { idle } from '../support/provider-bench.js';

const LIFE = 90 * 86_400_000;

const tokens = (refreshToken: string) =>
  new TokenSet({ accessToken: 'access', refreshToken, expiresAt: 5_000, refreshExpiresAt: 9_000 });

describe('a refresh token family', () => {
  it('a family continues with its newest refresh token and forgets refusals', () => {
    const family = new RefreshTokenFamily('first');
    family.refusals.set('acme', backOff(undefined, permanent(), undefined, false, 0));
    family.continueWith(tokens('second'));
    expect(family.newest?.fields()).toMatchObject({
      accessToken: 'access',
      refreshToken: 'second',
      expiresAt: 0,
      refreshExpiresAt: 9_000,
      family: 'first',
    });
    expect(family.refusals.size).toBe(0);
  });

  it('a retired family has no refresh token', () => {
    const family = new RefreshTokenFamily('first');
    family.continueWith(tokens('second'));
    family.retire();
    expect(family.newest?.refreshToken).toBeUndefined();
    expect(family.newest?.refreshExpiresAt).toBeUndefined();
    expect(family.newest?.family).toBe('first');
  });

  it('a family can retire before its first refresh', () => {
    const family = new RefreshTokenFamily('first');
    family.retire();
    expect(family.newest?.fields()).toMatchObject({ accessToken: 'none', family: 'first' });
    expect(family.newest?.refreshToken).toBeUndefined();
  });

  it('the record of a family lives for 90 days, whether it is in use or retired', () => {
    const family = new RefreshTokenFamily('first');
    expect(family.record(1_000)).toBeUndefined();
    family.continueWith(tokens('second'));
    expect(family.record(1_000)).toMatchObject({
      refreshToken: 'second',
      expiresAt: 1_000 + LIFE,
      refreshExpiresAt: 9_000,
    });
    family.retire();
    expect(family.record(1_000)).toMatchObject({ expiresAt: 0, refreshExpiresAt: 1_000 + LIFE });
  });

  it('accounts of a family take turns in their order', async () => {
    const family = new RefreshTokenFamily('first');
    const { signal } = new AbortController();
    const steps: string[] = [];
    const turn = (name: string) =>
      family.inTurn(signal, async () => {
        steps.push(`${name} begins`);
        await idle();
        steps.push(`${name} ends`);
        return name;
      });
    expect(await Promise.all([turn('one'), turn('two')])).toEqual(['one', 'two']);
    expect(steps).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
  });

  it('a failed turn and an aborted wait let the next account go on', async () => {
    const family = new RefreshTokenFamily('first');
    const { signal } = new AbortController();
    let fail!: (reason: Error) => void;
    const failed = rejection(
      family.inTurn(signal, () => new Promise((_, reject) => (fail = reject))),
    );
    const reason = new Error('no time');
    const aborted = rejection(family.inTurn(AbortSignal.abort(reason), async () => 'never'));
    const next = family.inTurn(signal, async () => 'next');
    await idle();
    fail(new Error('refused'));
    expect(await failed).toMatchObject({ message: 'refused' });
    expect(await aborted).toBe(reason);
    expect(await next).toBe('next');
  });
});

describe('the families that a process knows', () => {
  it('a family is found by each of its refresh tokens until it is forgotten', () => {
    const families = new RefreshTokenFamilies();
    const family = new RefreshTokenFamily('first');
    expect(families.find('first')).toBeUndefined();
    expect(families.note('first', family)).toBe(family);
    families.note('second', family);
    expect([families.find('first'), families.find('second')]).toEqual([family, family]);
    families.forget('first');
    expect([families.find('first'), families.find('second')]).toEqual([undefined, family]);
  });

  it('the least recently seen refresh token is dropped after 50,000 others', () => {
    const families = new RefreshTokenFamilies();
    const family = new RefreshTokenFamily('first');
    for (let n = 0; n < 50_000; n++) families.note(`token ${n}`, family);
    families.find('token 0');
    families.note('one more', family);
    expect(families.find('token 1')).toBeUndefined();
    expect([families.find('token 0'), families.find('token 2')]).toEqual([family, family]);
  });
});

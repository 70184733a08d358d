import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { isSendable, TokenSet } from '../../lib/core/token-set.js';
import { expectNoSecret } from '../support/secrets.js';

const ACCESS = 'Zk9-access-token-Qx7';
const REFRESH = 'Vb3-refresh-token-Lw2';
const EXTRA = 'Mn5-id-token-in-extra-Rt8';
const EXPIRES_AT = Date.UTC(2030, 0, 1);

const tokens = () =>
  new TokenSet({
    accessToken: ACCESS,
    refreshToken: REFRESH,
    expiresAt: EXPIRES_AT,
    scope: 'read write',
    extra: { id_token: EXTRA, instance_url: 'https://eu.example' },
  });

describe('a token that can be sent', () => {
  it.each(['a', 'abc.def-ghi_jkl~+/==', '!', '~'])('%j can be sent as a token', (token) => {
    expect(isSendable(token)).toBe(true);
  });

  it.each([
    ...['', ' ', 'a b', ' a', 'a ', 'a\r\nb', 'é', 'a\u007f', '\n'],
    undefined,
    null,
    5,
    ['a'],
  ])('%j cannot be sent as a token', (token) => {
    expect(isSendable(token)).toBe(false);
  });
});

describe('a token set', () => {
  it('the authorization value is the scheme and the token, or the token alone', () => {
    const of = (tokenType?: string) => tokens().with({ tokenType }).authorization;
    expect([of(), of('Token'), of('')]).toEqual([`Bearer ${ACCESS}`, `Token ${ACCESS}`, ACCESS]);
  });

  it('the JSON shows whether there is a refresh token', () => {
    expect(tokens().with({ refreshToken: undefined }).toJSON()['refreshToken']).toBeUndefined();
  });

  it('a token set has its tokens and facts as properties', () => {
    expect(tokens().accessToken).toBe(ACCESS);
    expect(tokens().refreshToken).toBe(REFRESH);
    expect(tokens().authorization).toBe(`Bearer ${ACCESS}`);
    expect(tokens().extra['instance_url']).toBe('https://eu.example');
    expect(tokens()).toMatchObject({ tokenType: 'Bearer', scope: 'read write' });
  });

  it('a token set never prints a secret', () => {
    expectNoSecret(tokens(), [ACCESS, REFRESH, EXTRA]);
    expectNoSecret({ nested: [tokens()] }, [ACCESS, REFRESH, EXTRA]);
    expectNoSecret(new Error('with tokens', { cause: tokens() }), [ACCESS, REFRESH, EXTRA]);
    expect(`${tokens()}`).toBe('TokenSet([redacted])');
    expect(inspect(tokens())).toContain('2030-01-01T00:00:00.000Z');
  });

  it('a spread or cloned token set has no secrets', () => {
    expectNoSecret({ ...tokens() }, [ACCESS, REFRESH, EXTRA]);
    expectNoSecret(structuredClone(tokens()), [ACCESS, REFRESH, EXTRA]);
    expectNoSecret(Object.getOwnPropertyDescriptors(tokens()), [ACCESS, REFRESH, EXTRA]);
  });

  it('a token set serialises to its facts with the tokens redacted', () => {
    expect(JSON.parse(JSON.stringify(tokens()))).toEqual({
      tokenType: 'Bearer',
      expiresAt: '2030-01-01T00:00:00.000Z',
      scope: 'read write',
      accessToken: '[redacted]',
      refreshToken: '[redacted]',
    });
  });

  it('`with` returns a changed copy and leaves the original as it is', () => {
    const original = tokens();
    const copy = original.with({ refreshToken: 'another', expiresAt: 5 });
    expect([copy.accessToken, copy.refreshToken, copy.expiresAt]).toEqual([ACCESS, 'another', 5]);
    expect([copy.scope, copy.extra]).toEqual([original.scope, original.extra]);
    expect(original.refreshToken).toBe(REFRESH);
    expect(original.with({ refreshToken: undefined }).refreshToken).toBeUndefined();
  });

  it('a token set is immutable', () => {
    const change = (name: string) => () => {
      (tokens() as unknown as Record<string, unknown>)[name] = 'changed';
    };
    expect(change('accessToken')).toThrow(TypeError);
    expect(change('refreshToken')).toThrow(TypeError);
    expect(change('extra')).toThrow(TypeError);
    expect(change('expiresAt')).toThrow(TypeError);
  });

  it('a token set without extra members has an empty frozen extra', () => {
    const { extra } = new TokenSet({ accessToken: ACCESS, expiresAt: 0 });
    expect(Object.keys(extra)).toEqual([]);
    expect(() => ((extra as Record<string, unknown>)['x'] = 1)).toThrow(TypeError);
    expect(extra['toString']).toBeUndefined();
  });

  it('a token set prints with any expiry', () => {
    fc.assert(
      fc.property(fc.double(), (expiresAt) => {
        const set = new TokenSet({ accessToken: ACCESS, expiresAt });
        expect(inspect(set)).toContain('expiresAt');
        expect(Number.isFinite(set.expiresAt)).toBe(true);
      }),
    );
  });
});

describe('the members of a token set', () => {
  const FULL = {
    accessToken: ACCESS,
    tokenType: 'Token',
    expiresAt: EXPIRES_AT,
    refreshAt: EXPIRES_AT - 5,
    scope: 'read',
    refreshToken: REFRESH,
    refreshExpiresAt: EXPIRES_AT + 5,
    refreshes: 3,
    family: 'family',
    extra: { id: 1 },
  };

  it('a token set has all members that it was made with', () => {
    const set = new TokenSet(FULL);
    expect(set.fields()).toEqual(FULL);
    const { refreshAt, refreshExpiresAt, refreshes, family, extra } = FULL;
    expect(set.refreshAt).toBe(refreshAt);
    expect(set.refreshExpiresAt).toBe(refreshExpiresAt);
    expect([set.refreshes, set.family, set.extra]).toEqual([refreshes, family, extra]);
    expect(set.with({}).fields()).toEqual(FULL);
  });

  it.each([
    'refreshToken',
    'refreshExpiresAt',
    'refreshAt',
    'refreshes',
    'family',
    'extra',
  ] as const)('a token set with no other rare member than %s has that one', (name) => {
    const set = new TokenSet({ accessToken: ACCESS, expiresAt: 5, [name]: FULL[name] });
    expect(set[name]).toEqual(FULL[name]);
  });

  it('a token set without rare members has none', () => {
    const set = new TokenSet({ accessToken: ACCESS, expiresAt: 5 });
    expect(set.fields()).toEqual({
      accessToken: ACCESS,
      tokenType: 'Bearer',
      expiresAt: 5,
      scope: undefined,
      refreshes: 0,
    });
    expect([set.refreshes, set.refreshAt, set.family]).toEqual([0, undefined, undefined]);
  });

  it.each([
    [-1, 0],
    [0, 0],
    [8.64e15, 8.64e15],
    [8.64e15 + 2, 8.64e15],
    [Infinity, 8.64e15],
    [NaN, 0],
    ['1' as unknown as number, 0],
    [undefined as unknown as number, 0],
  ])('an expiry of %p becomes %p', (expiresAt, expected) => {
    expect(new TokenSet({ accessToken: ACCESS, expiresAt }).expiresAt).toBe(expected);
  });

  it.each([
    [NaN, undefined],
    [-1, 0],
    [Infinity, 8.64e15],
  ])('an end of the refresh token of %p becomes %p', (end, expected) => {
    const set = new TokenSet({ ...FULL, refreshExpiresAt: end, refreshAt: end });
    expect([set.refreshExpiresAt, set.refreshAt]).toEqual([expected, expected]);
  });

  it('a token set keeps the first extra members that fit into 60 KiB beside its tokens', () => {
    const [first, large, last] = ['a'.repeat(30_000), 'b'.repeat(31_000), 'c'.repeat(100)];
    const of = (accessToken: string) =>
      Object.keys(new TokenSet({ accessToken, expiresAt: 0, extra: { first, large, last } }).extra);
    expect(of('short')).toEqual(['first', 'last']);
    expect(of('long'.repeat(9_000))).toEqual(['last']);
  });

  it('a token set prints its type, its expiry and its scope', () => {
    expect(inspect(new TokenSet({ ...FULL, expiresAt: 0 }))).toBe(
      'TokenSet {"tokenType":"Token","expiresAt":"1970-01-01T00:00:00.000Z","scope":"read","accessToken":"[redacted]","refreshToken":"[redacted]"}',
    );
  });
});

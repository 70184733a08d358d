import { describe, expect, it } from '@jest/globals';

import type { StoredFailure, TokenLock } from '../../lib/core/token-store.js';
import { TokenSet, type TokenSetFields } from '../../lib/core/token-set.js';
import { rejection } from '../support/collect.js';
import { permanent, transient } from '../support/failures.js';
import { faulty } from '../support/faulty-store.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const down = () => Promise.reject(new Error('down'));

/** Two instances that share a store. A test replaces single operations of the store. */
function two(parts: ConstructorParameters<typeof ProviderBench>[0] = {}) {
  const clock = new ManualClock();
  const { memory, store, faults } = faulty(clock);
  const [one, other] = [1, 2].map(() => new ProviderBench({ ...parts, clock, store })) as [
    ProviderBench,
    ProviderBench,
  ];
  const key = one.source.accountKey;
  const write = async (fields: Partial<TokenSetFields>) => {
    const { version } = await memory.get(key);
    const tokens = new TokenSet({
      accessToken: 'stored',
      expiresAt: clock.now() + HOUR,
      ...fields,
    });
    return memory.set(key, tokens, version);
  };
  return { clock, memory, faults, one, other, key, write };
}

describe('a token from the store', () => {
  it.each([
    [1_000, 'token-1'],
    [1_001, 'stored'],
  ])('a token that lives for %i ms is taken or renewed: %s', async (ms, expected) => {
    const { clock, one, write } = two();
    await write({ expiresAt: clock.now() + ms });
    expect(await one.token()).toBe(expected);
  });

  it('a token that expires before the one in memory is not taken', async () => {
    const { one, write } = two();
    one.source.onAsk = (ask) => ask.grant({ expiresIn: 7_200 });
    await one.token();
    await write({});
    expect((await one.provider.renew('token-1')).accessToken).toBe('token-2');
  });

  it('the age of a token from the store counts from the moment it is read', async () => {
    const { clock, one, other } = two();
    await one.token();
    clock.advance(HOUR / 2);
    expect(await other.token()).toBe('token-1');
    expect(other.provider.status().token).toBe('fresh');
    clock.advance(HOUR / 2 - 5_001);
    expect(other.provider.status().token).toBe('stale');
  });

  it('after a rejection, the store is asked for another token at most once a second', async () => {
    const { clock, memory, faults, one } = two();
    await one.token();
    await one.provider.renew('token-1');
    let reads = 0;
    faults.get = (key) => (reads++, memory.get(key));
    const renew = async (after: number) => {
      clock.advance(after);
      await one.provider.renew('token-2');
      return reads;
    };
    expect([await renew(0), await renew(999), await renew(1), await renew(999)]).toEqual([
      1, 1, 2, 2,
    ]);
  });
});

describe('a failure that instances share', () => {
  it('the store gets the details of a failure for 90 % of its back-off', async () => {
    const { memory, faults, one } = two();
    const failures: (StoredFailure | undefined)[] = [];
    faults.lock = async (...args) => {
      const lock = (await memory.lock(...args)) as TokenLock;
      return { release: async (failure) => (failures.push(failure), lock.release(failure)) };
    };
    one.source.onAsk = (ask) => ask.fail(permanent());
    await rejection(one.token());
    expect(failures).toEqual([
      { details: expect.objectContaining({ code: 'CREDENTIALS_REJECTED' }), retryInMs: 27_000 },
    ]);
  });

  it.each<[string, unknown]>([
    ['no response', transient({ status: undefined })],
    ['an unexpected error', new Error('broken')],
  ])('the store gets no failure after %s', async (_what, error) => {
    const { one, other } = two();
    one.source.onAsk = (ask) => ask.fail(error);
    await rejection(one.token());
    expect(await other.token()).toBe('token-1');
  });

  it('an instance is held back by the failure of another one, and names its own provider', async () => {
    const { one, other } = two();
    one.source.onAsk = (ask) => ask.fail(permanent({ provider: 'another name' }));
    await rejection(one.token());
    const error = await rejection(other.token());
    expect(error).toMatchObject({ provider: 'acme', code: 'CREDENTIALS_REJECTED', retryAfter: 27 });
    expect(other.provider.status()).toMatchObject({ failures: 1, retryAfter: 27 });
    expect(other.source.asks).toEqual([]);
  });

  it('a lifted back-off ignores the failure of another instance', async () => {
    const { one, other } = two();
    for (const { source } of [one, other]) {
      source.canLogInAgain = false;
      source.configuredRefreshToken = 'configured';
      source.onAsk = (ask) => ask.fail(permanent());
    }
    const refused = async (bench: ProviderBench) => {
      const call = rejection(bench.token());
      for (let i = 0; i < 4; i++) {
        await idle();
        bench.clock.advance(350);
      }
      expect(await call).toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
    };
    await refused(one);
    await refused(other);
    expect(other.source.asks).toEqual([]);
    other.provider.invalidate();
    await refused(other);
    expect(other.source.asks).toHaveLength(1);
  });
});

describe('a refresh token that must not be sent', () => {
  const configured = () => {
    const setup = two();
    setup.one.source.canLogInAgain = false;
    setup.one.source.configuredRefreshToken = 'configured';
    return setup;
  };

  it('the error of an unavailable store says why the refresh token is not sent', async () => {
    const { faults, one } = configured();
    faults.lock = down;
    const error = await rejection(one.token());
    expect(error).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      stage: 'token request',
      retryable: true,
      evaluated: false,
      reason: expect.stringContaining(
        'The shared store is unavailable, so the refresh token is not',
      ),
      hint: expect.stringContaining('Check the store. The next call tries again.'),
    });
    expect(one.source.asks).toEqual([]);
  });

  it('the error of an unreadable record says that the encryption keys are missing', async () => {
    const { faults, one } = configured();
    faults.get = async () => ({ version: 'unreadable' });
    const error = await rejection(one.token());
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', stage: 'token request' });
  });

  it('an own record that cannot be read blocks the refresh and says why', async () => {
    const { clock, memory, faults, one, key } = two();
    one.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh-1' });
    await one.token();
    one.source.canLogInAgain = false;
    clock.advance(HOUR);
    faults.get = async (name) => (name === key ? { version: 'unreadable' } : memory.get(name));
    expect(await rejection(one.token())).toMatchObject({
      reason: expect.stringContaining('This instance cannot read the record in the shared store'),
      hint: expect.stringContaining('Give this instance the encryption keys of the others.'),
    });
    expect(one.source.history).toEqual(['login']);
  });
});

describe('the lock of a renewal', () => {
  it('the lock is extended by 15 seconds while its refresh token cannot be written', async () => {
    const { clock, faults, one } = two();
    one.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh-1' });
    const extended: number[] = [];
    let released = 0;
    faults.lock = async () => ({
      extend: async (ttl) => void extended.push(ttl),
      release: async () => void released++,
    });
    faults.set = down;
    await one.token();
    await idle();
    expect([extended, released]).toEqual([[15_000], 0]);
    clock.advance(1_000);
    await idle();
    expect([extended, released]).toEqual([[15_000, 15_000], 0]);
    faults.set = undefined;
    clock.advance(2_000);
    await idle();
    expect([extended.length, released]).toEqual([2, 1]);
  });

  it('a lock that cannot be extended harms nobody', async () => {
    const { clock, faults, one } = two();
    one.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh-1' });
    faults.set = down;
    faults.lock = async () => ({ release: async () => {}, extend: down });
    expect(await one.token()).toBe('token-1');
    faults.lock = async () => ({
      release: async () => {},
      extend: () => {
        throw new Error('broken');
      },
    });
    clock.advance(1_000);
    await idle(); // an unhandled rejection would fail this test
    expect(one.provider.peek()?.accessToken).toBe('token-1');
  });

  it.each([undefined, null, 5, {}, { release: 'no function' }])(
    'a store that returns %j instead of a lock is unavailable',
    async (junk) => {
      const { faults, one } = two();
      faults.lock = async () => junk as unknown as TokenLock;
      expect(await one.token()).toBe('token-1');
      expect(one.source.history).toEqual(['login']);
    },
  );

  it('no lock is taken while a write of this instance is pending', async () => {
    const { clock, memory, faults, one } = two();
    one.source.onAsk = (ask) => ask.grant({ refreshToken: `refresh-${ask.number}`, expiresIn: 2 });
    faults.set = down;
    await one.token();
    clock.advance(2_000);
    let locks = 0;
    faults.lock = (...args) => (locks++, memory.lock(...args));
    await one.token();
    expect([locks, one.source.asks.length]).toEqual([0, 2]);
  });
});

describe('the tombstone of revoked tokens', () => {
  const revocable = () => {
    const setup = two();
    for (const { source } of [setup.one, setup.other]) {
      Object.assign(source, { revoke: async () => {} });
    }
    return setup;
  };

  it.each<[string, Partial<TokenSetFields>, number]>([
    ['an access token', {}, HOUR],
    ['a refresh token', { refreshToken: 'r' }, 90 * DAY],
  ])(
    'the tombstone of %s lives as long as another instance may have it',
    async (_what, set, ms) => {
      const { clock, memory, one, key, write } = revocable();
      await write(set);
      await one.provider.revoke();
      const { tokens } = await memory.get(key);
      expect(tokens?.fields()).toMatchObject({
        accessToken: 'stored',
        expiresAt: 0,
        refreshToken: undefined,
        refreshExpiresAt: clock.now() + ms,
      });
    },
  );

  it('the tombstone of a refresh token with an end lives until then', async () => {
    const { clock, memory, one, key, write } = revocable();
    await write({ refreshToken: 'r', refreshExpiresAt: clock.now() + 5 * HOUR });
    await one.provider.revoke();
    expect((await memory.get(key)).tokens?.refreshExpiresAt).toBe(clock.now() + 5 * HOUR);
  });

  it('a tombstone is not revoked again', async () => {
    const { one, other, memory, key } = revocable();
    await one.token();
    await one.provider.revoke();
    const { version } = await memory.get(key);
    await other.provider.revoke();
    expect((await memory.get(key)).version).toBe(version);
  });

  it('an instance that knows an older record revokes the newer one', async () => {
    const { one, write } = revocable();
    const revoked: string[] = [];
    Object.assign(one.source, {
      revoke: async ({ accessToken }: TokenSet) => void revoked.push(accessToken),
    });
    await one.token();
    await write({ accessToken: 'newer' });
    await one.provider.revoke();
    expect(revoked).toEqual(['newer']);
  });

  it('an invalidated token stays in the store if the lock is held', async () => {
    const { one, memory, key } = two();
    await one.token();
    await memory.lock(key, 10_000);
    one.provider.invalidate();
    await idle();
    expect((await memory.get(key)).tokens?.expiresAt).toBeGreaterThan(0);
  });
});

describe('the comparison of definitions in instances', () => {
  const constants = (tenant: string) => ({
    key: 'definition',
    digests: { 'headers.x-tenant': tenant },
  });

  it('one event reports that instances have different constants', async () => {
    const { one, other } = two();
    Object.assign(one.source, { constants: constants('one') });
    Object.assign(other.source, { constants: constants('other') });
    await one.token();
    await idle();
    for (let i = 0; i < 3; i++) {
      other.provider.invalidate();
      await other.token();
      await idle();
    }
    expect(one.eventTypes()).not.toContain('definition.differs');
    expect(other.events.filter(({ type }) => type === 'definition.differs')).toEqual([
      { type: 'definition.differs', provider: 'acme', names: ['headers.x-tenant'] },
    ]);
  });

  it('instances with equal constants or none report nothing', async () => {
    const { one, other } = two();
    for (const { source } of [one, other]) Object.assign(source, { constants: constants('one') });
    await one.token();
    await idle();
    await other.token();
    await idle();
    expect([...one.eventTypes(), ...other.eventTypes()]).toEqual([
      'token.obtained',
      'token.obtained',
    ]);
  });
});

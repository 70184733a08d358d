import { describe, expect, it } from '@jest/globals';

import { TokenSet, type TokenSetFields } from '../../lib/core/token-set.js';
import type { StoredAccount, TokenStore } from '../../lib/core/token-store.js';
import type { StoreEvent } from '../../lib/core/events.js';
import { differingConstants } from '../../lib/sharing/definition-comparison.js';
import { isNewer, SharedRecord } from '../../lib/sharing/shared-record.js';
import { SharedStore, UNAVAILABLE } from '../../lib/sharing/shared-store.js';
import { faulty } from '../support/faulty-store.js';
import { permanent } from '../support/failures.js';
import { ManualClock } from '../support/manual-clock.js';

const DAY = 86_400_000;

const tokens = (fields: Partial<TokenSetFields> = {}) =>
  new TokenSet({ accessToken: 'access', expiresAt: 9e12, ...fields });

/** What a record reads if the store returns `found`. */
async function read(found: unknown) {
  const clock = new ManualClock();
  const { store, faults } = faulty(clock);
  faults.get = async () => found as StoredAccount;
  return new SharedRecord(new SharedStore(store, clock), 'key', () => {}).read();
}

const EMPTY = { tokens: undefined, version: undefined, isOutdated: false, failure: undefined };

describe('a record that the store returns', () => {
  it('a valid record is read as it is', async () => {
    const details = permanent().toJSON();
    const found = {
      tokens: tokens(),
      version: '1',
      isOutdated: true,
      failure: { details, retryInMs: 5 },
    };
    expect(await read(found)).toEqual(found);
  });

  it.each([undefined, null, {}])('a store that returns %j has no record', async (found) => {
    expect(await read(found)).toEqual(EMPTY);
  });

  it.each<[string, unknown, string | undefined]>([
    ['the longest version', 'v'.repeat(1_024), 'v'.repeat(1_024)],
    ['a version that is too long', 'v'.repeat(1_025), undefined],
    ['a version that is a number', 5, undefined],
  ])('%s is read or left out', async (_what, version, expected) => {
    expect(await read({ version })).toEqual({ ...EMPTY, version: expected });
  });

  it.each([1, 'true', {}])('only true means outdated, not %j', async (isOutdated) => {
    expect(await read({ isOutdated })).toEqual(EMPTY);
  });

  it('plain fields become a token set', async () => {
    const found = await read({ tokens: { accessToken: 'access', expiresAt: 5 } });
    expect(found).toHaveProperty('tokens.authorization', 'Bearer access');
  });

  it.each<[string, Partial<TokenSetFields>]>([
    ['an access token that cannot be sent', { accessToken: 'a b' }],
    ['an access token that is not a text', { accessToken: 5 as unknown as string }],
    ['a refresh token of 64 KiB', { refreshToken: 'r'.repeat(65_536) }],
    ['a scope of 64 KiB', { scope: 's'.repeat(65_536) }],
  ])('tokens with %s are left out', async (_what, fields) => {
    expect(await read({ tokens: tokens(fields), version: '1' })).toEqual({
      ...EMPTY,
      version: '1',
    });
  });

  it('the extra members of tokens do not count as too large', async () => {
    const found = await read({ tokens: tokens({ extra: { a: 'x'.repeat(60_000) } }) });
    expect(found).toHaveProperty('tokens.extra.a.length', 60_000);
  });

  it('a family that is not a text is left out', async () => {
    const family = 5 as unknown as string;
    expect(await read({ tokens: tokens({ family }) })).toHaveProperty('tokens.family', undefined);
    expect(await read({ tokens: tokens({ family: 'f' }) })).toHaveProperty('tokens.family', 'f');
  });

  const details = permanent().toJSON();
  it.each<[string, unknown, boolean]>([
    ['of a moment', { details, retryInMs: 0.5 }, true],
    ['of an hour', { details, retryInMs: 3_600_000 }, true],
    ['of more than an hour', { details, retryInMs: 3_600_001 }, false],
    ['without a time', { details }, false],
    ['that is over', { details, retryInMs: 0 }, false],
    ['without details', { retryInMs: 5 }, false],
    ['without a code', { details: { ...details, code: 5 }, retryInMs: 5 }, false],
    ['without a stage', { details: { ...details, stage: undefined }, retryInMs: 5 }, false],
    ['without a reason', { details: { ...details, reason: null }, retryInMs: 5 }, false],
    ['without a hint', { details: { ...details, hint: {} }, retryInMs: 5 }, false],
    ['of 8 KiB', { details: { ...details, reason: 'r'.repeat(8_192) }, retryInMs: 5 }, false],
    ['that is a number', 5, false],
  ])('a failure %s is read or left out', async (_what, failure, isRead) => {
    expect(await read({ failure })).toEqual({ ...EMPTY, failure: isRead ? failure : undefined });
  });

  it.each<[StoredAccount, string | undefined, boolean]>([
    [{ version: '2' }, '1', true],
    [{ version: '2' }, undefined, true],
    [{ version: '2' }, '2', false],
    [{}, '1', false],
    [{ version: '2', isOutdated: true }, '1', false],
  ])('a record of %j is newer than version %s: %s', (found, known, expected) => {
    expect(isNewer(found, known)).toBe(expected);
  });
});

describe('a write to a record', () => {
  function setup() {
    const clock = new ManualClock();
    const { store, faults, memory } = faulty(clock);
    const calls: string[] = [];
    const counted: TokenStore = {
      get: (key) => (calls.push('get'), store.get(key)),
      set: (key, set, replaces) => (
        calls.push(`set over ${replaces}`),
        store.set(key, set, replaces)
      ),
      lock: (...args) => store.lock(...args),
    };
    const record = new SharedRecord(new SharedStore(counted, clock), 'key', () => {});
    return { clock, memory, faults, calls, record };
  }

  it('a write replaces the version that it names', async () => {
    const { record, memory, calls } = setup();
    const first = await record.write(tokens(), () => undefined);
    const second = await record.write(tokens({ accessToken: 'next' }), () => first as string);
    expect((await memory.get('key')).version).toBe(second);
    expect(calls).toEqual(['set over undefined', `set over ${String(first)}`]);
  });

  it('a write fails if another instance was first', async () => {
    const { record, memory, calls } = setup();
    const version = await memory.set('key', tokens(), undefined);
    expect(await record.write(tokens({ accessToken: 'late' }), () => 'old')).toBeUndefined();
    expect(await memory.get('key')).toMatchObject({ version });
    expect(calls).toEqual(['set over old', 'get']);
  });

  it('a write succeeds if the record has vanished', async () => {
    const { record, memory, faults, calls } = setup();
    faults.set = async (...args) => {
      faults.set = undefined;
      void args;
      return undefined;
    };
    const version = await record.write(tokens(), () => 'old');
    expect((await memory.get('key')).version).toBe(version);
    expect(calls).toEqual(['set over old', 'get', 'set over undefined']);
  });

  it('a write is repeated if a pending write of this instance came between', async () => {
    const { record, memory } = setup();
    const known: { version?: string | undefined } = {};
    const version = () => known.version;
    const before = await memory.set('key', tokens({ accessToken: 'pending' }), undefined);
    const writing = record.write(tokens({ accessToken: 'newest' }), version);
    known.version = before;
    expect(await writing).toEqual(expect.any(String));
    expect((await memory.get('key')).tokens?.accessToken).toBe('newest');
  });

  it('only a refresh token is written while the store is not asked after a failure', async () => {
    const { record, faults } = setup();
    faults.get = () => Promise.reject(new Error('down'));
    expect(await record.read()).toBe(UNAVAILABLE);
    expect(await record.write(tokens(), () => undefined)).toBe(UNAVAILABLE);
    const written = await record.write(tokens({ refreshToken: 'r' }), () => undefined);
    expect(written).toEqual(expect.any(String));
  });
});

describe('a pending write of a record', () => {
  function setup({ current = true, version = undefined as string | undefined } = {}) {
    const clock = new ManualClock();
    const { store, faults, memory } = faulty(clock);
    const events: string[] = [];
    const emit = (event: StoreEvent) => {
      if (event.type === 'store.operation') return;
      events.push(event.type === 'store.failed' ? event.reason : event.type);
    };
    const record = new SharedRecord(new SharedStore(store, clock), 'key', emit);
    const state = { current, version };
    const later = () =>
      record.writeLater(tokens({ refreshToken: 'r' }), {
        isCurrent: () => state.current,
        version: () => state.version,
        onWritten: (written) => void (state.version = written),
        lock: undefined,
        account: () => undefined,
      });
    return { memory, faults, events, record, state, later };
  }

  it('a pending write replaces the version that it names', async () => {
    const { memory, record, state, later, events } = setup();
    state.version = await memory.set('key', tokens(), undefined);
    later();
    expect(await record.isPending()).toBe(false);
    const { tokens: written, version } = await memory.get('key');
    expect([written?.refreshToken, version]).toEqual(['r', state.version]);
    expect(events).toEqual([]);
  });

  it('a pending write succeeds if the record has vanished', async () => {
    const { memory, record, state, later } = setup({ version: 'vanished' });
    later();
    expect(await record.isPending()).toBe(false);
    expect((await memory.get('key')).version).toBe(state.version);
  });

  it('a pending write is dropped if another instance was first', async () => {
    const { memory, record, state, later } = setup({ version: 'old' });
    await memory.set('key', tokens(), undefined);
    later();
    expect(await record.isPending()).toBe(false);
    expect((await memory.get('key')).tokens?.refreshToken).toBeUndefined();
    expect(state.version).toBe('old');
  });

  it('a pending write is dropped if its tokens are not current', async () => {
    const { memory, record, later } = setup({ current: false });
    later();
    expect(await record.isPending()).toBe(false);
    expect(await memory.get('key')).toEqual({});
  });

  it('a pending write is tried again if the version changes during the attempt', async () => {
    const { memory, faults, record, state, later } = setup({ version: 'old' });
    const version = await memory.set('key', tokens(), undefined);
    faults.set = async (...args) => {
      faults.set = undefined;
      state.version = version;
      return memory.set(...args);
    };
    later();
    expect(await record.isPending()).toBe(true);
    expect(await record.isPending()).toBe(false);
    expect((await memory.get('key')).tokens?.refreshToken).toBe('r');
  });

  it.each<['get' | 'set', string]>([
    ['get', 'get: Error'],
    ['set', 'set: Error'],
  ])('a pending write stays pending while `%s` fails', async (operation, reason) => {
    const { memory, faults, record, later, events } = setup();
    Object.assign(faults, { [operation]: () => Promise.reject(new Error('down')) });
    later();
    expect(await record.isPending()).toBe(true);
    expect(events).toEqual([reason]);
    expect(await memory.get('key')).toEqual({});
    faults[operation] = undefined;
    expect(await record.isPending()).toBe(false);
    expect(events).toEqual([reason, 'store.recovered']);
  });

  it('a store that returns nothing has no record to replace', async () => {
    const { memory, faults, record, later } = setup({ version: 'old' });
    faults.get = async () => undefined as unknown as StoredAccount;
    later();
    expect(await record.isPending()).toBe(false);
    expect((await memory.get('key')).tokens?.refreshToken).toBe('r');
  });

  it('the event of a failure names the operation', async () => {
    const { faults, record, events } = setup();
    const fail = () => Promise.reject(new Error('down'));
    faults.get = fail;
    await record.read();
    expect(events).toEqual(['get: Error']);
    for (const set of [tokens(), tokens({ refreshToken: 'r' })]) {
      const own = setup();
      own.faults.set = fail;
      expect(await own.record.write(set, () => undefined)).toBe(UNAVAILABLE);
      expect(own.events).toEqual(['set: Error']);
    }
  });

  it('a write gives up if the record cannot be read after a refused write', async () => {
    const { faults, record } = setup();
    faults.set = async () => undefined;
    faults.get = () => Promise.reject(new Error('down'));
    expect(await record.write(tokens({ refreshToken: 'r' }), () => 'old')).toBeUndefined();
  });
});

describe('the comparison of definitions', () => {
  const DIGESTS = { 'headers.x-tenant': 'one', 'query.env': 'two' };

  function setup() {
    const clock = new ManualClock();
    const { store, faults, memory } = faulty(clock);
    const record = new SharedRecord(new SharedStore(store, clock), 'key', () => {});
    const compare = (digests: Record<string, string>) =>
      differingConstants(record, { key: 'key', digests }, clock.now());
    return { clock, memory, faults, compare };
  }

  it('the first instance finds no difference and writes its constants for 30 days', async () => {
    const { clock, memory, compare } = setup();
    expect(await compare(DIGESTS)).toEqual([]);
    expect((await memory.get('key')).tokens?.fields()).toMatchObject({
      accessToken: 'none',
      expiresAt: clock.now() + 30 * DAY,
      extra: DIGESTS,
    });
  });

  it('an instance with other constants gets their names and replaces them', async () => {
    const { memory, compare } = setup();
    await compare(DIGESTS);
    const other = { 'headers.x-tenant': 'other', 'parameters.audience': 'three' };
    expect((await compare(other)).sort()).toEqual([
      'headers.x-tenant',
      'parameters.audience',
      'query.env',
    ]);
    expect((await memory.get('key')).tokens?.extra).toEqual(other);
    expect(await compare(other)).toEqual([]);
  });

  it.each([
    'cookies.x',
    'headers.',
    'headers.a b',
    `headers.${'x'.repeat(65)}`,
    'x headers.a',
    'headers.a\n[acme] forged',
  ])('a constant that another program names %j is not reported', async (name) => {
    const { memory, compare } = setup();
    await memory.set('key', tokens({ extra: { [name]: '1' } }), undefined);
    expect(await compare({})).toEqual([]);
  });

  it('a constant with the longest name is reported', async () => {
    const { compare } = setup();
    await compare({});
    const name = `query.${'x'.repeat(64)}`;
    expect(await compare({ [name]: '1' })).toEqual([name]);
  });

  it('the constants are written again after half of their time', async () => {
    const { clock, memory, compare } = setup();
    await compare(DIGESTS);
    const { version } = await memory.get('key');
    clock.advance(15 * DAY - 1);
    await compare(DIGESTS);
    expect((await memory.get('key')).version).toBe(version);
    clock.advance(1);
    await compare(DIGESTS);
    expect((await memory.get('key')).version).not.toBe(version);
    expect((await memory.get('key')).tokens?.expiresAt).toBe(clock.now() + 30 * DAY);
  });

  it('nothing is compared with an unavailable store or an outdated record', async () => {
    const { memory, faults, compare } = setup();
    await memory.set('key', tokens({ extra: DIGESTS }), undefined);
    const { version } = await memory.get('key');
    faults.get = async (key) => ({ ...(await memory.get(key)), isOutdated: true });
    expect(await compare({})).toEqual([]);
    faults.get = () => Promise.reject(new Error('down'));
    expect(await compare({})).toEqual([]);
    expect((await memory.get('key')).version).toBe(version);
  });
});

import { describe, expect, it } from '@jest/globals';

import type { StoreEvent } from '../../lib/core/events.js';
import { SharedStore, UNAVAILABLE } from '../../lib/sharing/shared-store.js';
import { LateError, storeFailure } from '../../lib/sharing/store-failure.js';
import { TokenSet } from '../../lib/core/token-set.js';
import type { TokenStore } from '../../lib/core/token-store.js';
import { faulty } from '../support/faulty-store.js';
import { Gate } from '../support/gate.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle } from '../support/provider-bench.js';

const down = () => Promise.reject(new Error('down'));

function setup() {
  const clock = new ManualClock();
  const { store, faults, memory } = faulty(clock);
  const shared = new SharedStore(store, clock);
  const events: string[] = [];
  const listener =
    (name: string) =>
    ({ type }: StoreEvent) => {
      if (type !== 'store.operation') events.push(`${name}: ${type}`);
    };
  return { clock, faults, memory, shared, events, one: listener('one'), other: listener('other') };
}

describe('the events of a shared store', () => {
  it('each provider that hears of a failure also hears of the recovery', async () => {
    const { shared, faults, events, one, other } = setup();
    faults.get = down;
    await shared.insist('get', (store) => store.get('key'), one);
    await shared.insist('get', (store) => store.get('key'), other);
    faults.get = undefined;
    await shared.insist('get', (store) => store.get('key'), one);
    await shared.insist('get', (store) => store.get('key'), other);
    expect(events).toEqual([
      'one: store.failed',
      'other: store.failed',
      'one: store.recovered',
      'other: store.recovered',
    ]);
  });

  it('a write that fails repeatedly is reported once, and its recovery once', async () => {
    const { clock, shared, faults, events, one } = setup();
    faults.set = down;
    const tokens = new TokenSet({ accessToken: 'a', refreshToken: 'r', expiresAt: clock.now() });
    const write = async () => {
      await shared.insist('get', (store) => store.get('key'), one);
      const set = (store: TokenStore) => store.set('key', tokens, undefined);
      return (await shared.insist('set', set, one)) !== UNAVAILABLE;
    };
    shared.saveLater('key', { write, emit: one });
    for (let second = 0; second < 60; second++) {
      clock.advance(1_000);
      await idle();
      await shared.ask('get', (store) => store.get('another key'), one);
    }
    expect(events).toEqual(['one: store.failed']);
    faults.set = undefined;
    clock.advance(2_000);
    await idle();
    expect(events).toEqual(['one: store.failed', 'one: store.recovered']);
  });

  it('the event of a recovery has the seconds since the failure', async () => {
    const { clock, shared, faults } = setup();
    const events: StoreEvent[] = [];
    const listen = (event: StoreEvent) => {
      if (event.type !== 'store.operation') events.push(event);
    };
    faults.get = down;
    await shared.insist('get', (store) => store.get('key'), listen);
    clock.advance(12_000);
    faults.get = undefined;
    await shared.insist('get', (store) => store.get('key'), listen);
    expect(events[1]).toEqual({ type: 'store.recovered', seconds: 12 });
  });

  it('no event reports a write that waits for something else', async () => {
    const { clock, shared, events, one } = setup();
    let isReady = false;
    shared.saveLater('key', { write: async () => isReady, emit: one });
    clock.advance(1_000);
    await idle();
    isReady = true;
    clock.advance(2_000);
    await idle();
    expect([events, clock.pending]).toEqual([[], 0]);
  });
});

describe('the end of a provider', () => {
  it('closing tries writes again that came during a retry', async () => {
    const { clock, shared, events, one } = setup();
    const gate = new Gate();
    shared.saveLater('first', { write: () => gate.pass().then(() => true), emit: one });
    clock.advance(1_000);
    await gate.arrived();
    let tries = 0;
    shared.saveLater('second', { write: async () => ++tries > 0, emit: one });
    const closed = shared.close(one);
    gate.open();
    await closed;
    expect([tries, events, clock.pending]).toEqual([1, [], 0]);
  });

  it('closing drops only the pending writes of its own provider', async () => {
    const { clock, shared, events, one, other } = setup();
    shared.saveLater('mine', { write: async () => false, emit: one });
    shared.saveLater('theirs', { write: async () => false, emit: other });
    await shared.close(one);
    expect(events.filter((what) => what.endsWith('lost'))).toEqual(['one: refresh_token.lost']);
    await shared.close(other);
    expect(events.filter((what) => what.endsWith('lost'))).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });
});

describe('the failure of a store', () => {
  const refused = (members: object = {}) =>
    Object.assign(new Error('connect ECONNREFUSED redis://u:s3cret@10.0.0.5:6379'), {
      code: 'ECONNREFUSED',
      address: '10.0.0.5',
      port: 6_379,
      ...members,
    });

  it.each<[string, unknown, string]>([
    ['the error of a socket', refused(), 'set at 10.0.0.5:6379: ECONNREFUSED (Error)'],
    ['an IPv6 error', refused({ address: '::1' }), 'set at [::1]:6379: ECONNREFUSED (Error)'],
    [
      'an unknown host name',
      Object.assign(new Error('s3cret'), { code: 'ENOTFOUND', hostname: 'redis.internal' }),
      'set at redis.internal: ENOTFOUND (Error)',
    ],
    [
      'an error with a cause',
      new TypeError('s3cret', { cause: refused() }),
      'set at 10.0.0.5:6379: ECONNREFUSED (TypeError)',
    ],
    [
      'one error for several addresses',
      new AggregateError([refused()], 's3cret'),
      'set at 10.0.0.5:6379: ECONNREFUSED (AggregateError)',
    ],
    [
      'the last node of a cluster',
      Object.assign(new Error('s3cret'), { lastNodeError: refused() }),
      'set at 10.0.0.5:6379: ECONNREFUSED (Error)',
    ],
    [
      'a reply',
      new Error('OOM command not allowed: s3cret'),
      'set at db.example:6379: OOM (Error)',
    ],
    [
      'a code that is no text',
      { code: Object.create(null) as object },
      'set at db.example:6379: object',
    ],
    ['nothing that is known', new Error('s3cret'), 'set at db.example:6379: Error'],
    ['nothing', undefined, 'set at db.example:6379: undefined'],
  ])(
    'the description of %s has operation, address and cause, and never its text',
    (_what, error, description) => {
      expect(storeFailure('set', error, 'db.example:6379')).toBe(description);
    },
  );

  it('the description of a failure does not show an address that is a URL', () => {
    const description = storeFailure('get', new Error('no'), 'redis://user:s3cret@db.example:6379');
    expect(description).toBe('get: Error');
  });
});

describe('the parts of the description of a failure', () => {
  const coded = (code: string) => Object.assign(new Error('s3cret'), { code });

  it('a late store is described with the milliseconds that it had', () => {
    expect(storeFailure('lock', new LateError(250), 'db:1')).toBe(
      'lock at db:1: no answer within 250 ms',
    );
  });

  it.each(['ETIMEDOUT', 'ABC', `A${'B'.repeat(29)}`, 'ERR_2', 'NOAUTH s3cret'])(
    'the code %j is shown',
    (code) => {
      expect(storeFailure('get', coded(code), undefined)).toBe(
        `get: ${code.split(' ')[0]} (Error)`,
      );
    },
  );

  it.each(['AB', `A${'B'.repeat(30)}`, 'etimedout', '2AB', 'OOM:s3cret', ' OOM', ''])(
    'the code %j is not shown',
    (code) => {
      expect(storeFailure('get', coded(code), undefined)).toBe('get: Error');
    },
  );

  it.each(['db', 'db.example:6379', '[::1]:6379', 'a-b_c', 'x'.repeat(253)])(
    'the address %j is shown',
    (address) => {
      expect(storeFailure('get', 5, address)).toBe(`get at ${address}: number`);
    },
  );

  it.each(['', 'u@db', 'db/1', 'a b', 'x'.repeat(254), 'db\n'])(
    'the address %j is not shown',
    (address) => {
      expect(storeFailure('get', 5, address)).toBe('get: number');
    },
  );

  it('an address without a port has none, and a hostname is used only without an address', () => {
    expect(storeFailure('get', { address: '10.0.0.5', port: '5' }, undefined)).toBe(
      'get at 10.0.0.5: object',
    );
    expect(storeFailure('get', { hostname: 'db', port: 5 }, undefined)).toBe('get at db:5: object');
    expect(storeFailure('get', { address: 'a', hostname: 'b' }, 'c')).toBe('get at a: object');
    expect(storeFailure('get', { address: 5, hostname: 'b' }, 'c')).toBe('get at c: object');
  });

  it('the fifth cause is shown and the sixth is not', () => {
    const nested = (depth: number): object =>
      depth === 0 ? { code: 'EDEEP' } : { cause: nested(depth - 1) };
    expect(storeFailure('get', nested(4), undefined)).toBe('get: EDEEP (object)');
    expect(storeFailure('get', nested(5), undefined)).toBe('get: object');
  });

  it('a cause has precedence over other members, and a list of errors is last', () => {
    const error = {
      cause: { code: 'EONE' },
      lastNodeError: { code: 'ETWO' },
      errors: [{ code: 'ETHREE' }],
    };
    expect(storeFailure('get', error, undefined)).toBe('get: EONE (object)');
    expect(storeFailure('get', { ...error, cause: undefined }, undefined)).toBe(
      'get: ETWO (object)',
    );
    const { errors } = error;
    expect(storeFailure('get', { errors }, undefined)).toBe('get: ETHREE (object)');
    expect(storeFailure('get', { errors: 'text' }, undefined)).toBe('get: object');
  });
});

describe('the pauses of a shared store', () => {
  it('a store that has failed is not asked for one second', async () => {
    const { clock, shared, faults, one } = setup();
    let calls = 0;
    faults.get = () => (calls++, down());
    const ask = () => shared.ask('get', (store) => store.get('key'), one);
    expect(await ask()).toBe(UNAVAILABLE);
    clock.advance(999);
    expect([await ask(), calls]).toEqual([UNAVAILABLE, 1]);
    clock.advance(1);
    expect([await ask(), calls]).toEqual([UNAVAILABLE, 2]);
  });

  it('a pending write is tried after 1, 2, 2 … seconds', async () => {
    const { clock, shared, one } = setup();
    const start = clock.monotonic();
    const times: number[] = [];
    const write = async () => (times.push(clock.monotonic() - start), false);
    shared.saveLater('key', { write, emit: one });
    for (let ms = 0; ms < 8_000; ms += 500) {
      clock.advance(500);
      await idle();
    }
    expect(times).toEqual([1_000, 3_000, 5_000, 7_000]);
  });

  it('the pauses begin again after all pending writes have succeeded', async () => {
    const { clock, shared, one } = setup();
    let tries = 0;
    shared.saveLater('first', { write: async () => ++tries > 1, emit: one });
    for (const ms of [1_000, 2_000]) {
      clock.advance(ms);
      await idle();
    }
    expect([tries, clock.pending]).toEqual([2, 0]);
    shared.saveLater('second', { write: async () => ++tries > 0, emit: one });
    clock.advance(1_000);
    await idle();
    expect(tries).toBe(3);
  });

  it('at most one hundred pending writes are tried at the same time', async () => {
    const { clock, shared, one } = setup();
    let [open, most, done] = [0, 0, 0];
    const write = async () => {
      most = Math.max(most, ++open);
      await idle();
      open--;
      return ++done > 0;
    };
    for (let n = 0; n < 250; n++) shared.saveLater(`key ${n}`, { write, emit: one });
    clock.advance(1_000);
    for (let n = 0; n < 10; n++) await idle();
    expect([most, done, clock.pending]).toEqual([100, 250, 0]);
  });

  it('a failed write stops the other ones until the next attempt', async () => {
    const { clock, shared, one } = setup();
    let tries = 0;
    for (let n = 0; n < 150; n++) {
      shared.saveLater(`key ${n}`, { write: async () => ++tries > 1, emit: one });
    }
    clock.advance(1_000);
    for (let n = 0; n < 5; n++) await idle();
    expect(tries).toBe(100);
    clock.advance(2_000);
    for (let n = 0; n < 5; n++) await idle();
    expect([tries, clock.pending]).toEqual([151, 0]);
  });

  it('a lock is extended with every attempt and released after the write', async () => {
    const { clock, shared, one } = setup();
    const steps: string[] = [];
    const lock = {
      extend: () => void steps.push('extended'),
      release: async () => void steps.push('released'),
    };
    let tries = 0;
    shared.saveLater('key', { write: async () => ++tries > 1, emit: one, lock });
    expect(steps).toEqual(['extended']);
    expect(await shared.isPending('key')).toBe(true);
    expect(steps).toEqual(['extended', 'extended']);
    expect(await shared.isPending('key')).toBe(false);
    expect(steps).toEqual(['extended', 'extended', 'released']);
    clock.advance(10_000);
    await idle();
    expect([tries, clock.pending]).toEqual([2, 0]);
  });

  it('a later write of the same record takes over the lock', async () => {
    const { shared, one } = setup();
    let released = 0;
    const lock = { extend: () => {}, release: async () => void released++ };
    const steps: string[] = [];
    const write = (name: string) => async () => steps.push(name) > 0;
    shared.saveLater('key', { write: write('first'), emit: one, lock });
    shared.saveLater('key', { write: write('second'), emit: one });
    expect(await shared.isPending('key')).toBe(false);
    expect([steps, released]).toEqual([['second'], 1]);
  });

  it('closing reports the accounts whose refresh tokens are lost and releases their locks', async () => {
    const { clock, shared, one } = setup();
    const events: StoreEvent[] = [];
    const listen = (event: StoreEvent) => {
      if (event.type !== 'store.operation') events.push(event);
    };
    let released = 0;
    const lock = { extend: () => {}, release: async () => void released++ };
    shared.saveLater('key', { write: async () => false, emit: listen, lock, account: () => 'ama' });
    await shared.close(one);
    expect([events, released]).toEqual([[], 0]);
    await shared.close(listen);
    expect(events).toEqual([{ type: 'refresh_token.lost', account: 'ama' }]);
    expect([released, clock.pending]).toEqual([1, 0]);
  });

  it('an operation has 250 ms', async () => {
    const { clock, shared, faults, events, one } = setup();
    const hanging = () => new Promise<never>(() => {});
    faults.get = hanging;
    const asked = shared.ask('get', (store) => store.get('key'), one);
    await idle();
    clock.advance(249);
    await idle();
    expect(events).toEqual([]);
    clock.advance(1);
    expect(await asked).toBe(UNAVAILABLE);
    expect([events, clock.pending]).toEqual([['one: store.failed'], 0]);
  });

  it.each([
    [50, UNAVAILABLE],
    [51, 'late'],
  ])('a timer that is late by %i ms gives the store its time again: %p', async (late, expected) => {
    const { clock, shared, one } = setup();
    let respond!: (value: string) => void;
    const asked = shared.ask('get', () => new Promise((resolve) => (respond = resolve)), one);
    await idle();
    clock.stall(250 + late);
    clock.advance(0);
    await idle();
    respond('late');
    expect(await asked).toBe(expected);
  });
});

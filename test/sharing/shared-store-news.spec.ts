import { describe, expect, it } from '@jest/globals';

import type { StoreEvent } from '../../lib/core/events.js';
import { SharedStore, UNAVAILABLE } from '../../lib/sharing/shared-store.js';
import { storeFailure } from '../../lib/sharing/store-failure.js';
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
  const news: string[] = [];
  const listener =
    (name: string) =>
    ({ type }: StoreEvent) =>
      void news.push(`${name}: ${type}`);
  return { clock, faults, memory, shared, news, one: listener('one'), other: listener('other') };
}

describe('what providers hear of the store that they share', () => {
  it('is that it answers again, each of them who heard that it did not', async () => {
    const { shared, faults, news, one, other } = setup();
    faults.get = down;
    await shared.insist('get', (store) => store.get('key'), one);
    await shared.insist('get', (store) => store.get('key'), other);
    faults.get = undefined;
    await shared.insist('get', (store) => store.get('key'), one);
    await shared.insist('get', (store) => store.get('key'), other);
    expect(news).toEqual([
      'one: store failed',
      'other: store failed',
      'one: store recovered',
      'other: store recovered',
    ]);
  });

  it('is told once of a write that fails every two seconds while reads work, and once of its end', async () => {
    const { clock, shared, faults, news, one } = setup();
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
    expect(news).toEqual(['one: store failed']);
    faults.set = undefined;
    clock.advance(2_000);
    await idle();
    expect(news).toEqual(['one: store failed', 'one: store recovered']);
  });

  it('is that it answers again, and after how long', async () => {
    const { clock, shared, faults } = setup();
    const news: StoreEvent[] = [];
    const listen = (event: StoreEvent) => void news.push(event);
    faults.get = down;
    await shared.insist('get', (store) => store.get('key'), listen);
    clock.advance(12_000);
    faults.get = undefined;
    await shared.insist('get', (store) => store.get('key'), listen);
    expect(news[1]).toEqual({ type: 'store recovered', seconds: 12 });
  });

  it('is nothing of a write that has to wait for something else', async () => {
    const { clock, shared, news, one } = setup();
    let isReady = false;
    shared.saveLater('key', { write: async () => isReady, emit: one });
    clock.advance(1_000);
    await idle();
    isReady = true;
    clock.advance(2_000);
    await idle();
    expect([news, clock.pending]).toEqual([[], 0]);
  });
});

describe('the end of a provider', () => {
  it('has what came during a retry tried once more', async () => {
    const { clock, shared, news, one } = setup();
    const gate = new Gate();
    shared.saveLater('first', { write: () => gate.pass().then(() => true), emit: one });
    clock.advance(1_000);
    await gate.arrived();
    let tries = 0;
    shared.saveLater('second', { write: async () => ++tries > 0, emit: one });
    const closed = shared.close(one);
    gate.open();
    await closed;
    expect([tries, news, clock.pending]).toEqual([1, [], 0]);
  });

  it('leaves the other providers what the store has not taken yet', async () => {
    const { clock, shared, news, one, other } = setup();
    shared.saveLater('mine', { write: async () => false, emit: one });
    shared.saveLater('theirs', { write: async () => false, emit: other });
    await shared.close(one);
    expect(news.filter((what) => what.endsWith('lost'))).toEqual(['one: refresh token lost']);
    await shared.close(other);
    expect(news.filter((what) => what.endsWith('lost'))).toHaveLength(2);
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
    ['IPv6', refused({ address: '::1' }), 'set at [::1]:6379: ECONNREFUSED (Error)'],
    [
      'a name that is unknown',
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
  ])('is told by operation, place and cause, and never by its text: %s', (_what, error, told) => {
    expect(storeFailure('set', error, 'db.example:6379')).toBe(told);
  });

  it('does not show an address that is a URL', () => {
    const told = storeFailure('get', new Error('no'), 'redis://user:s3cret@db.example:6379');
    expect(told).toBe('get: Error');
  });
});

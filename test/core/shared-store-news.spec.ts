import { describe, expect, it } from '@jest/globals';

import { SharedStore, type StoreNews } from '../../lib/core/shared-store.js';
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
    ({ type }: StoreNews) =>
      void news.push(`${name}: ${type}`);
  return { clock, faults, memory, shared, news, one: listener('one'), other: listener('other') };
}

describe('what providers hear of the store that they share', () => {
  it('is that it answers again, each of them who heard that it did not', async () => {
    const { shared, faults, news, one, other } = setup();
    faults.get = down;
    await shared.insist((store) => store.get('key'), one);
    await shared.insist((store) => store.get('key'), other);
    faults.get = undefined;
    await shared.insist((store) => store.get('key'), one);
    await shared.insist((store) => store.get('key'), other);
    expect(news).toEqual([
      'one: store failed',
      'other: store failed',
      'one: store recovered',
      'other: store recovered',
    ]);
  });

  it('is nothing of a write that has to wait for something else', async () => {
    const { clock, shared, news, one } = setup();
    let isReady = false;
    shared.saveLater('key', { write: async () => isReady, tell: one });
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
    shared.saveLater('first', { write: () => gate.pass().then(() => true), tell: one });
    clock.advance(1_000);
    await gate.arrived();
    let tries = 0;
    shared.saveLater('second', { write: async () => ++tries > 0, tell: one });
    const closed = shared.close(one);
    gate.open();
    await closed;
    expect([tries, news, clock.pending]).toEqual([1, [], 0]);
  });

  it('leaves the other providers what the store has not taken yet', async () => {
    const { clock, shared, news, one, other } = setup();
    shared.saveLater('mine', { write: down, tell: one });
    shared.saveLater('theirs', { write: down, tell: other });
    await shared.close(one);
    expect(news.filter((what) => what.endsWith('lost'))).toEqual(['one: refresh token lost']);
    await shared.close(other);
    expect(news.filter((what) => what.endsWith('lost'))).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });
});
